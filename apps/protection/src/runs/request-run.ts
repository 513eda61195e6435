import { ApprovalWanted } from '@lifeboat/contracts';
import type { CommandDef, RequestDef, RequestedKind, RunRequest, RunRequested } from '@lifeboat/contracts';
import type { Outgoing } from '@lifeboat/service-kit';
import type { EntityManager } from 'typeorm';
import { alreadyDecided, isApprovable, requestOf } from '../approvals/decisions.ts';
import type { ApprovableRequest } from '../approvals/decisions.ts';
import { RunRequestRow } from '../approvals/run-request.row.ts';
import type { GroupRow } from '../groups/group.row.ts';
import { lockedGroup } from '../groups/groups.ts';
import { hold } from '../groups/hold.ts';
import { PinRow } from '../points/point.row.ts';
import { policyNow } from '../policies/policy.row.ts';
import { startRun } from './run-starts.ts';

export interface RunInput {
  readonly runId: string;
  readonly groupId: string;
  readonly by?: string | undefined;
  readonly reason: string;
}

/** Begins a run, in the transaction in which it was found that it can. */
export type Begin = (out: Outgoing, request: RunRequest) => Promise<void>;

/** A kind of run that may be asked for. */
export interface RequestedRun<I extends RunInput = RunInput> {
  readonly kind: RequestedKind;
  readonly contract: RequestDef<I, RunRequested>;
  /** Refuses what cannot be done now, and changes nothing; `group` is locked. Asked when a run is asked for, and again when it is approved. */
  ready(tx: EntityManager, group: GroupRow, input: I): Promise<Begin>;
}

/** Holds the group for the run, and starts it. */
export const holding =
  <T extends { readonly runId: string; readonly request?: RunRequest | undefined }>(
    tx: EntityManager,
    group: GroupRow,
    kind: RequestedKind,
    command: CommandDef<T>,
    data: T,
  ): Begin =>
  async (out, request) => {
    await tx.save(Object.assign(group, hold(group, data.runId, kind)));
    await startRun(tx, out, command, { ...data, request });
  };

/**
 * Begins a run that is asked for; where the group's policy wants it to be approved by somebody else, stores that it was asked for, and holds nothing. Asking twice under one id is the same as once,
 * whatever became of it since; of one that will not begin it says so.
 */
export async function requestRun<I extends RunInput>(
  tx: EntityManager,
  out: Outgoing,
  run: RequestedRun<I>,
  input: I,
): Promise<RunRequested> {
  const { runId, groupId, by } = input;
  const group = await lockedGroup(tx, groupId);
  if (group.heldBy === runId || (await tx.existsBy(PinRow, { runId, rehearsal: true }))) return { runId };
  const asked = await tx.findOneBy(RunRequestRow, { runId });
  if (asked) return answerOf(asked);
  const begin = await run.ready(tx, group, input);
  const request = requestOf(run.kind, by, await policyNow(tx, group.policy), new Date());
  if (isApprovable(request)) return keep(tx, out, run.kind, input, request);
  await begin(out, request);
  return { runId };
}

function answerOf({ runId, request: { approval } }: RunRequestRow): RunRequested {
  const { lapsesAt, decided } = approval;
  if (!decided) return { runId, awaitsApproval: { lapsesAt } };
  if (decided.how === 'approved') return { runId };
  throw alreadyDecided(runId, decided);
}

async function keep(
  tx: EntityManager,
  out: Outgoing,
  kind: RequestedKind,
  input: RunInput,
  request: ApprovableRequest,
): Promise<RunRequested> {
  const { runId, groupId, reason } = input;
  const { lapsesAt } = request.approval;
  await tx.insert(RunRequestRow, {
    runId,
    groupId,
    kind,
    askedAt: new Date(request.at),
    input: { ...input } as never,
    request,
  });
  const wanted = { runId, groupId, kind, ...(request.by !== undefined && { by: request.by }), reason, lapsesAt };
  await out.emit(ApprovalWanted, wanted, { correlationId: runId });
  return { runId, awaitsApproval: { lapsesAt } };
}
