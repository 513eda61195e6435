import { CheckImageReplicas, ReadBundlePoint } from '@lifeboat/contracts';
import type { InputOf, OutputOf, PointStanding } from '@lifeboat/contracts';
import { AnswersRequest, Asker, Sites } from '@lifeboat/service-kit';
import type { RequestHandler } from '@lifeboat/service-kit';
import { replicasOf, standingImages } from './standing-images.ts';

@AnswersRequest(CheckImageReplicas)
export class CheckImageReplicasHandler implements RequestHandler<typeof CheckImageReplicas> {
  constructor(
    private readonly asker: Asker,
    private readonly sites: Sites,
  ) {}

  async answer({ bundle, pointIds }: InputOf<typeof CheckImageReplicas>): Promise<OutputOf<typeof CheckImageReplicas>> {
    const points: PointStanding[] = [];
    const left = new Set<string>();
    const named = new Set<string>();
    for (const pointId of pointIds) {
      const { source, target, images } = await this.asker.ask(ReadBundlePoint, { bundle, pointId });
      const cloud = await this.sites.open(target);
      const { standing, missing } = await standingImages(cloud, images);
      points.push({ pointId, standing: standing.length, missing: [...missing] });
      for (const { targetId } of images) named.add(targetId);
      for (const id of await replicasOf(cloud, source, images)) left.add(id);
    }
    return { points, leftOver: [...left].filter((id) => !named.has(id)).map((id) => `image ${id} (image replica)`) };
  }
}
