import { EndLease } from '@lifeboat/contracts';
import type { InputOf, OutputOf } from '@lifeboat/contracts';
import { illegalState } from '@lifeboat/kernel';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { RequestContext, RequestHandler } from '@lifeboat/service-kit';
import type { EntityManager } from 'typeorm';
import { GroupRow } from '../groups/group.row.ts';
import { lockedGroup } from '../groups/groups.ts';
import { leftOf } from './decide-lease.ts';
import { FenceLeaseRow, leaseOfAgent } from './fence-lease.row.ts';
import { GrantClock } from './grant-clock.ts';

@AnswersRequest(EndLease)
export class EndLeaseHandler implements RequestHandler<typeof EndLease> {
  constructor(private readonly clock: GrantClock) {}

  async answer(input: InputOf<typeof EndLease>, context: RequestContext): Promise<OutputOf<typeof EndLease>> {
    const { group, leases } = await context.transaction((tx) => takenLeases(tx, input));
    const left = leases.map((lease) =>
      leftOf(this.clock.sinceMs(lease, group.fenceToken), lease.ttlSeconds, input.marginSeconds),
    );
    const leftSeconds = Math.max(0, ...left) / 1_000;
    return { over: leftSeconds === 0, leftSeconds, leases: leases.map(leaseOfAgent) };
  }
}

/** Those of all agents, also what was granted and never heard of again. Throws `illegal-state` `fence-lost`, `lease-never-held`. */
async function takenLeases(
  tx: EntityManager,
  { groupId, runId, site }: InputOf<typeof EndLease>,
): Promise<{ readonly group: GroupRow; readonly leases: readonly FenceLeaseRow[] }> {
  const group = await lockedGroup(tx, groupId);
  if (group.heldBy !== runId || group.state !== 'failing-over')
    throw illegalState('fence-lost', `Run ${runId} does not fail group ${groupId} over (any more).`, {
      mend: 'Look at the run that holds the group now; this one must not go on.',
    });
  const leases = await tx.findBy(FenceLeaseRow, { groupId, site });
  if (leases.some(({ heldSince }) => heldSince !== null)) return { group, leases };
  throw illegalState(
    'lease-never-held',
    `No agent at ${site} has ever held the lease of group ${groupId}: nothing there stops its servers.`,
    { mend: `Run fence-agent at ${site} while the group is protected.` },
  );
}
