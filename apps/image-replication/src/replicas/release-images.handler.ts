import { ReleaseImages } from '@lifeboat/contracts';
import type { AnswerOf, DataOf } from '@lifeboat/contracts';
import { LifeboatError } from '@lifeboat/kernel';
import { Database, DoesWork, done, Sites } from '@lifeboat/service-kit';
import type { WorkHandler, WorkOutcome } from '@lifeboat/service-kit';
import { ImageReplicaRow, PointImageRow } from './image-replica.row.ts';

@DoesWork(ReleaseImages)
export class ReleaseImagesHandler implements WorkHandler<typeof ReleaseImages> {
  constructor(
    private readonly database: Database,
    private readonly sites: Sites,
  ) {}

  async work(data: DataOf<typeof ReleaseImages>): Promise<WorkOutcome<AnswerOf<typeof ReleaseImages>>> {
    await this.database.transaction((tx) => tx.delete(PointImageRow, { pointId: data.pointId }));
    for (const row of await this.unneeded()) await this.remove(row);
    return done({ pointId: data.pointId });
  }

  private unneeded(): Promise<ImageReplicaRow[]> {
    return this.database.transaction((tx) =>
      tx
        .createQueryBuilder(ImageReplicaRow, 'r')
        .where('r.state = :active', { active: 'active' })
        .andWhere('not exists (select from point_image p where p.site = r.site and p.hash = r.hash)')
        .getMany(),
    );
  }

  private async remove(row: ImageReplicaRow): Promise<void> {
    if (row.owned) {
      try {
        await (await this.sites.open(row.site)).image.delete(`/images/${row.targetId}`);
      } catch (thrown) {
        // Servers and volumes at the target still stand on it (Ceph clones): it stays for them, and its row stays so that it is reused.
        if (thrown instanceof LifeboatError && thrown.kind === 'conflict') return;
        throw thrown;
      }
    }
    await this.database.transaction((tx) => tx.delete(ImageReplicaRow, { site: row.site, hash: row.hash }));
  }
}
