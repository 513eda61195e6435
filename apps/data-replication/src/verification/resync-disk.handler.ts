import { ResyncDisk } from '@lifeboat/contracts';
import type { InputOf, OutputOf } from '@lifeboat/contracts';
import { notFound } from '@lifeboat/kernel';
import { AnswersRequest, Database } from '@lifeboat/service-kit';
import type { RequestHandler } from '@lifeboat/service-kit';
import { Points } from '../points/points.ts';

/** Remembers that a disk's replica is not to be trusted, until a point of it is complete that was begun after this. */
@AnswersRequest(ResyncDisk)
export class ResyncDiskHandler implements RequestHandler<typeof ResyncDisk> {
  constructor(
    private readonly points: Points,
    private readonly database: Database,
  ) {}

  async answer({ groupId, diskId }: InputOf<typeof ResyncDisk>): Promise<OutputOf<typeof ResyncDisk>> {
    if (!(await this.points.hasDisk(groupId, diskId)))
      throw notFound('disk-not-replicated', `Group ${groupId} has no point of a disk "${diskId}".`, {
        mend: 'Give the id of a volume, or of a server whose root is carried, as "lifeboat point show" has it.',
      });
    await this.database.transaction((tx) => this.points.distrust(tx, groupId, diskId));
    return {};
  }
}
