import { CaptureGroup } from '@lifeboat/contracts';
import type { AnswerOf, DataOf } from '@lifeboat/contracts';
import { invalidInput } from '@lifeboat/kernel';
import { DoesWork, done } from '@lifeboat/service-kit';
import type { WorkContext, WorkHandler, WorkOutcome } from '@lifeboat/service-kit';
import { disksOf, imagesOf, withoutImage } from './disks.ts';
import { Looker } from './look.ts';
import { storeTopology } from './store.ts';

@DoesWork(CaptureGroup)
export class CaptureGroupHandler implements WorkHandler<typeof CaptureGroup> {
  /** A site that does not answer is said soon: the next point comes anyway. */
  readonly giveUpAfterMs = 60_000;

  constructor(private readonly looker: Looker) {}

  async work(
    data: DataOf<typeof CaptureGroup>,
    _memo: unknown,
    context: WorkContext,
  ): Promise<WorkOutcome<AnswerOf<typeof CaptureGroup>>> {
    const { roots, topology, report } = await this.looker.look(data.site, data.members, context.signal);
    if (roots.length === 0)
      throw invalidInput('group-empty', `Group ${data.groupId} holds nothing at ${data.site} any more.`, {
        mend: 'Change its members, or end its protection.',
        data: { missing: report.missing },
      });
    const broken = topology
      .of('server')
      .find((server) => ['ERROR', 'RESCUE', 'VERIFY_RESIZE', 'BUILD'].includes(String(server.observed['status'])));
    if (broken)
      throw invalidInput(
        'server-not-protectable',
        `Server ${broken.name} (${broken.id}) is in state ${String(broken.observed['status'])} at ${data.site}.`,
        { mend: 'Bring it to ACTIVE or SHUTOFF, or take it out of the group.' },
      );
    const [bare] = withoutImage(topology, data.serverRoot);
    if (bare)
      throw invalidInput(
        'image-gone',
        `The image that server ${bare.name} (${bare.id}) starts from is not at ${data.site} any more.`,
        {
          mend: 'Let the policy carry the root disks of servers by snapshot, or rebuild the server from an image that is there.',
        },
      );
    const metadata = await context.transaction((tx) =>
      storeTopology(tx, { pointId: data.pointId, groupId: data.groupId, report }, topology.entities),
    );
    return done({
      groupId: data.groupId,
      pointId: data.pointId,
      metadata,
      entities: topology.entities.length,
      disks: disksOf(topology, data.serverRoot),
      images: imagesOf(topology),
      report,
    });
  }
}
