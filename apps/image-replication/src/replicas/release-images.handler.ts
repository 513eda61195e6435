import { ReleaseImages, ReplicateImages } from '@lifeboat/contracts';
import type { AnswerOf, DataOf } from '@lifeboat/contracts';
import { LifeboatError } from '@lifeboat/kernel';
import { again, Database, DoesWork, done, Sites } from '@lifeboat/service-kit';
import type { WorkContext, WorkHandler, WorkOutcome } from '@lifeboat/service-kit';
import { ImageReplicaRow, PointImageRow } from './image-replica.row.ts';

const LOOK_AGAIN_MS = 500;

/** Ends what still copies for the point, waits until nobody is at it any more, then removes what no point needs. */
@DoesWork(ReleaseImages)
export class ReleaseImagesHandler implements WorkHandler<typeof ReleaseImages, null> {
  constructor(
    private readonly database: Database,
    private readonly sites: Sites,
  ) {}

  async work(
    { pointId, keptBy }: DataOf<typeof ReleaseImages>,
    _memo: null | undefined,
    context: WorkContext,
  ): Promise<WorkOutcome<AnswerOf<typeof ReleaseImages>, null>> {
    const ended = await context.transaction(async (tx, out) => {
      const nobodyThere = await out.cancel(ReplicateImages, { pointId });
      if (keptBy !== undefined)
        await tx.query(
          `insert into point_image (point_id, source_id, site, hash, reused)
           select $2, source_id, site, hash, reused from point_image where point_id = $1 on conflict do nothing`,
          [pointId, keptBy],
        );
      await tx.delete(PointImageRow, { pointId });
      return nobodyThere;
    });
    if (!ended) return again(null, LOOK_AGAIN_MS);
    for (const row of await this.unneeded()) await this.remove(row);
    return done({ pointId });
  }

  /** Replicas of no point; among those that are being copied, only when no copying is under way at all: whoever copies has no point yet. */
  private unneeded(): Promise<ImageReplicaRow[]> {
    return this.database.transaction((tx) =>
      tx
        .createQueryBuilder(ImageReplicaRow, 'r')
        .where(`(r.state = 'active' or not exists (select from work w where w.type = :type and w.state = 'running'))`, {
          type: ReplicateImages.subject,
        })
        .andWhere('not exists (select from point_image p where p.site = r.site and p.hash = r.hash)')
        .getMany(),
    );
  }

  private async remove(row: ImageReplicaRow): Promise<void> {
    if (row.owned) {
      const cloud = await this.sites.open(row.site);
      try {
        await cloud.image.delete(`/images/${row.targetId}`);
      } catch (thrown) {
        // Servers and volumes at the target still stand on it (Ceph clones): it stays for them, and its row stays so that it is reused.
        if (thrown instanceof LifeboatError && thrown.kind === 'conflict') return;
        // Protected, as its original was, by a run whose workload still stands on it.
        const { protected: held } = await cloud.image.get<{ protected: boolean }>(`/images/${row.targetId}`);
        if (held) return;
        throw thrown;
      }
    }
    await this.database.transaction((tx) => tx.delete(ImageReplicaRow, { site: row.site, hash: row.hash }));
  }
}
