import { TraceOrigins } from '@lifeboat/contracts';
import type { AnswerOf, DataOf } from '@lifeboat/contracts';
import { conflict, invalidInput, notFound } from '@lifeboat/kernel';
import { refKey, TAKEN_UP } from '@lifeboat/openstack-entity-api';
import type { LedgerEntry, Topology } from '@lifeboat/openstack-entity-api';
import { Database, DoesWork, done } from '@lifeboat/service-kit';
import type { WorkContext, WorkHandler, WorkOutcome } from '@lifeboat/service-kit';
import { RecoveryRuns } from '../recovery/recovery-runs.ts';
import { StoredLedger } from '../recovery/stored-ledger.ts';
import { membersHere } from './members-here.ts';
import { namesBecameOne } from './names-became-one.ts';
import { Origins } from './origins.ts';

/** What became of its own: not what only stood there, which is nobody's to take home. */
const CARRIED = ['created', 'provided', ...TAKEN_UP];

/** Calls no cloud. From here on the run's removal needs its recovery point no longer, so that it may go. */
@DoesWork(TraceOrigins)
export class TraceOriginsHandler implements WorkHandler<typeof TraceOrigins> {
  constructor(
    private readonly database: Database,
    private readonly runs: RecoveryRuns,
    private readonly origins: Origins,
  ) {}

  async work(
    { groupId, runId, ofRunId, members, mappingsGiven }: DataOf<typeof TraceOrigins>,
    _memo: unknown,
    context: WorkContext,
  ): Promise<WorkOutcome<AnswerOf<typeof TraceOrigins>>> {
    const input = await this.runs.input(ofRunId);
    if (!input)
      throw notFound('recovery-not-found', `Run ${ofRunId} has recreated nothing, so nothing stands for anything.`);
    const captured = await this.runs.topologyOf(input);
    const entries = (await new StoredLedger(this.database, ofRunId).entries()).filter(stands);
    if (!mappingsGiven) refuseOneOfSeveral(entries, captured);
    const there = new Map(entries.map(({ ref, targetId }) => [refKey(ref), targetId]));
    const { members: here, lost } = membersHere(members, captured, (ref) => there.get(refKey(ref)));
    if (Object.keys(here).length === 0)
      throw conflict('members-lost', `Of the members of group ${groupId} none stands at ${input.target}.`, {
        mend: 'Make a new group of what should be protected there.',
        data: { lost },
      });
    const traced = entries.flatMap(({ ref, targetId, how = '' }) =>
      targetId !== undefined && CARRIED.includes(how) ? [{ kind: ref.kind, sourceId: ref.id, id: targetId }] : [],
    );
    const { source, target } = input;
    await context.transaction(async (tx) => {
      await this.origins.keep(tx, { groupId, source, target }, traced);
      await this.runs.keepTopology(tx, ofRunId, captured);
    });
    return done({ runId, traced: traced.length, members: here, lost: [...lost] });
  }
}

const stands = ({ state, targetId }: LedgerEntry): boolean => targetId !== undefined && state !== 'removed';

function refuseOneOfSeveral(entries: readonly LedgerEntry[], captured: Topology): void {
  const lost = namesBecameOne(entries, captured);
  if (lost.length === 0) return;
  throw invalidInput('mapping-not-invertible', `Names that became one cannot be told apart: ${lost.join('; ')}.`, {
    mend: 'Say the mappings for the way back: --mappings FILE.',
    data: { lost },
  });
}
