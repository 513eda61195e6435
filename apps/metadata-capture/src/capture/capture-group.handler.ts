import { CaptureGroup } from '@lifeboat/contracts';
import type { AnswerOf, DataOf } from '@lifeboat/contracts';
import { invalidInput } from '@lifeboat/kernel';
import { entities } from '@lifeboat/openstack-entities';
import { DoesWork, done } from '@lifeboat/service-kit';
import type { WorkContext, WorkHandler, WorkOutcome } from '@lifeboat/service-kit';
import { disksOf, imagesOf, withoutImage } from './disks.ts';
import { Observer } from '../observe/observer.ts';
import { MemberFinder } from '../members/member-finder.ts';
import { Looker } from './look.ts';
import type { Look } from './look.ts';
import { storeTopology } from './store.ts';

@DoesWork(CaptureGroup)
export class CaptureGroupHandler implements WorkHandler<typeof CaptureGroup> {
  /** A site that does not answer is said soon: the next point comes anyway. */
  readonly giveUpAfterMs = 60_000;

  constructor(
    private readonly looker: Looker,
    private readonly observer: Observer,
    private readonly members: MemberFinder,
  ) {}

  async work(
    data: DataOf<typeof CaptureGroup>,
    _memo: unknown,
    context: WorkContext,
  ): Promise<WorkOutcome<AnswerOf<typeof CaptureGroup>>> {
    const began = new Date();
    const look = await this.looker.look(data.site, data.members, context.signal);
    await this.observer.take({ site: data.site, project: look.snapshot.projectId }, look.snapshot, began);
    const { roots, topology, report } = await this.heldBy(data, look);
    if (roots.length === 0)
      throw invalidInput('group-empty', `Group ${data.groupId} holds nothing at ${data.site} any more.`, {
        mend: 'Change its members, or end its protection.',
        data: { missing: report.missing },
      });
    for (const server of topology.of('server')) {
      const refusal = entities.get(server.kind).refuses?.(server);
      if (refusal)
        throw invalidInput(
          'server-not-protectable',
          `Server ${server.name} (${server.id}) is in state ${String(server.observed['status'])} at ${data.site}. ${refusal.message}`,
          refusal.mend === undefined ? {} : { mend: refusal.mend },
        );
    }
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

  private async heldBy({ site, groupId, members }: DataOf<typeof CaptureGroup>, look: Look): Promise<Look> {
    return this.looker.partOf(site, look.snapshot, await this.members.membership(site, groupId, members));
  }
}
