import { AdoptImages, ReadBundlePoint } from '@lifeboat/contracts';
import type { AnswerOf, DataOf } from '@lifeboat/contracts';
import { Asker, DoesWork, done, Sites } from '@lifeboat/service-kit';
import type { WorkContext, WorkHandler, WorkOutcome } from '@lifeboat/service-kit';
import type { EntityManager } from 'typeorm';
import { ImageReplicaRow, PointImageRow } from '../replicas/image-replica.row.ts';
import { standingImages } from './standing-images.ts';
import type { StandingImage } from './standing-images.ts';

/** What does not stand any more is left out: the next point copies it again. */
@DoesWork(AdoptImages)
export class AdoptImagesHandler implements WorkHandler<typeof AdoptImages> {
  constructor(
    private readonly asker: Asker,
    private readonly sites: Sites,
  ) {}

  async work(
    { bundle, pointId }: DataOf<typeof AdoptImages>,
    _memo: unknown,
    context: WorkContext,
  ): Promise<WorkOutcome<AnswerOf<typeof AdoptImages>>> {
    const { target: site, images } = await this.asker.ask(ReadBundlePoint, { bundle, pointId });
    const { standing, missing } = await standingImages(await this.sites.open(site), images);
    await context.transaction(async (tx) => {
      for (const one of standing) await keep(tx, { pointId, site }, one);
    });
    return done({ pointId, images: standing.length, missing: [...missing] });
  }
}

/** Both or none: a replica that no point needs would be removed with the next that goes. */
async function keep(
  tx: EntityManager,
  { pointId, site }: { readonly pointId: string; readonly site: string },
  { replica, owned }: StandingImage,
): Promise<void> {
  const { sourceId, targetId, hash, hashAlgo, sizeBytes, reused } = replica;
  const row = { site, hash, hashAlgo, targetId, attempt: 1, state: 'active' as const, sizeBytes, owned };
  await tx.createQueryBuilder().insert().into(ImageReplicaRow).values(row).orIgnore().execute();
  await tx
    .createQueryBuilder()
    .insert()
    .into(PointImageRow)
    .values({ pointId, sourceId, site, hash, reused })
    .orIgnore()
    .execute();
}
