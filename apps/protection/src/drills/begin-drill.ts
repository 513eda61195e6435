import { StartDrill } from '@lifeboat/contracts';
import type { InputOf, RequestDrill, RunRequest } from '@lifeboat/contracts';
import type { Outgoing } from '@lifeboat/service-kit';
import type { EntityManager } from 'typeorm';
import type { GroupRow } from '../groups/group.row.ts';
import { PlanDrillRow } from '../plans/plan.row.ts';
import { planOfRun } from '../plans/plans.ts';
import { PinRow } from '../points/point.row.ts';
import { pointToServe } from '../points/points.ts';
import { startRun } from '../runs/run-starts.ts';
import { GroupDrillRow } from './group-drill.row.ts';

/** Of a group that is locked, protected, held by nobody and not rehearsed now. Without a `request` no person has asked for it. */
export async function beginDrill(
  tx: EntityManager,
  out: Outgoing,
  group: GroupRow,
  input: InputOf<typeof RequestDrill>,
  request?: RunRequest,
): Promise<void> {
  const { runId } = input;
  const { groupId, members, mappings } = group;
  const { pointId } = await pointToServe(tx, groupId, input.pointId);
  // The pin is the intent: by it a second drill is refused, and a failover knows whom to wait for.
  await tx.insert(PinRow, { runId, pointId, groupId, rehearsal: true });
  const plan = await planOfRun(tx, groupId, input);
  const { planVersion: _version, skipPrompts: _skip, by: _by, ...asked } = input;
  await startRun(tx, out, StartDrill, { ...asked, ...(plan && { plan }), ...(request && { request }) });
  const known = await tx.findOneBy(GroupDrillRow, { groupId });
  await tx.save(
    tx.create(GroupDrillRow, {
      groupId,
      runId,
      begunAt: new Date(),
      failedAt: null,
      provenAt: known?.provenAt ?? null,
    }),
  );
  if (!plan) return;
  const { name, version } = plan;
  await tx.insert(PlanDrillRow, { runId, name, version, covers: { members, mappings, waves: null } as never });
}
