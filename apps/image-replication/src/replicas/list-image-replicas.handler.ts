import { ListImageReplicas } from '@lifeboat/contracts';
import type { InputOf, OutputOf } from '@lifeboat/contracts';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { RequestContext, RequestHandler } from '@lifeboat/service-kit';
import { ImageReplicaRow, PointImageRow } from './image-replica.row.ts';

@AnswersRequest(ListImageReplicas)
export class ListImageReplicasHandler implements RequestHandler<typeof ListImageReplicas> {
  async answer(
    { site }: InputOf<typeof ListImageReplicas>,
    context: RequestContext,
  ): Promise<OutputOf<typeof ListImageReplicas>> {
    return context.transaction(async (tx) => {
      const users = await tx.findBy(PointImageRow, { site });
      const rows = await tx.findBy(ImageReplicaRow, { site });
      return {
        replicas: rows.map((row) => ({
          sourceId: users.find((user) => user.hash === row.hash)?.sourceId ?? '',
          targetId: row.targetId,
          hash: row.hash,
          hashAlgo: row.hashAlgo,
          sizeBytes: row.sizeBytes,
          reused: !row.owned,
        })),
      };
    });
  }
}
