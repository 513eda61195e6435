import { AdoptImages, DisownImages } from '@lifeboat/contracts';
import type { AnswerOf, DataOf } from '@lifeboat/contracts';
import { again, DoesWork, done } from '@lifeboat/service-kit';
import type { WorkContext, WorkHandler, WorkOutcome } from '@lifeboat/service-kit';

const LOOK_AGAIN_MS = 500;

/** The replicas that no other point needs are forgotten with the point: whoever keeps them would remove them from the cloud some day. */
@DoesWork(DisownImages)
export class DisownImagesHandler implements WorkHandler<typeof DisownImages, null> {
  async work(
    { pointId }: DataOf<typeof DisownImages>,
    _memo: null | undefined,
    context: WorkContext,
  ): Promise<WorkOutcome<AnswerOf<typeof DisownImages>, null>> {
    const ended = await context.transaction(async (tx, out) => {
      const nobodyThere = await out.cancel(AdoptImages, { pointId });
      await tx.query(
        `delete from image_replica r using point_image p where p.point_id = $1 and (p.site, p.hash) = (r.site, r.hash)
         and not exists (select from point_image o where o.point_id <> $1 and (o.site, o.hash) = (r.site, r.hash))`,
        [pointId],
      );
      await tx.query(`delete from point_image where point_id = $1`, [pointId]);
      return nobodyThere;
    });
    return ended ? done({ pointId }) : again(null, LOOK_AGAIN_MS);
  }
}
