import { ReplicateImages } from '@lifeboat/contracts';
import type { AnswerOf, DataOf, ImageReplica } from '@lifeboat/contracts';
import { DoesWork, done } from '@lifeboat/service-kit';
import type { WorkContext, WorkHandler, WorkOutcome } from '@lifeboat/service-kit';
import { Replicator } from './replicator.ts';

/** One after the other: a site's uplink is the limit, and two copies of one hash would race. What is done is known by its rows. */
@DoesWork(ReplicateImages)
export class ReplicateImagesHandler implements WorkHandler<typeof ReplicateImages> {
  constructor(private readonly replicator: Replicator) {}

  async work(
    data: DataOf<typeof ReplicateImages>,
    _memo: unknown,
    context: WorkContext,
  ): Promise<WorkOutcome<AnswerOf<typeof ReplicateImages>>> {
    const images: ImageReplica[] = [];
    for (const image of data.images)
      images.push(await this.replicator.replicate(data.pointId, data.source, data.target, image.id, context.signal));
    return done({ pointId: data.pointId, images });
  }
}
