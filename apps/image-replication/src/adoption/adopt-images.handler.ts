import { AdoptImages, ReadBundlePoint } from '@lifeboat/contracts';
import type { AnswerOf, DataOf } from '@lifeboat/contracts';
import { Asker, DoesWork, done, Sites } from '@lifeboat/service-kit';
import type { WorkContext, WorkHandler, WorkOutcome } from '@lifeboat/service-kit';
import type { EntityManager } from 'typeorm';
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
  // One that this instance found standing, and took for somebody else's, is ours all the same.
  await tx.query(
    `insert into image_replica as r (site, hash, hash_algo, target_id, attempt, state, size_bytes, owned) values ($1, $2, $3, $4, 1, 'active', $5, $6)
     on conflict (site, hash) do update set owned = r.owned or excluded.owned where r.target_id = excluded.target_id`,
    [site, hash, hashAlgo, targetId, sizeBytes, owned],
  );
  await tx.query(
    `insert into point_image (point_id, source_id, site, hash, reused) values ($1, $2, $3, $4, $5) on conflict do nothing`,
    [pointId, sourceId, site, hash, reused],
  );
}
