import { Receipt, VerifyWorkload } from '@lifeboat/contracts';
import type { AnswerOf, DataOf } from '@lifeboat/contracts';
import { illegalState, sealSecret } from '@lifeboat/kernel';
import type { Json } from '@lifeboat/kernel';
import {
  captureProject,
  findStrangers,
  receipt,
  RunState,
  topology,
  totalsOf,
  waysOut,
} from '@lifeboat/openstack-entity-api';
import type { Entity, Rebuild, Topology } from '@lifeboat/openstack-entity-api';
import { Database, DoesWork, done, SETTINGS } from '@lifeboat/service-kit';
import type { WorkContext, WorkHandler, WorkOutcome } from '@lifeboat/service-kit';
import { Inject } from '@nestjs/common';
import { RecoveryRuns } from './recovery-runs.ts';

/** All of it is held in memory anyhow, and a run waits for it. */
const LISTS_AT_ONCE = 12;

@DoesWork(VerifyWorkload)
export class VerifyWorkloadHandler implements WorkHandler<typeof VerifyWorkload> {
  constructor(
    private readonly runs: RecoveryRuns,
    private readonly database: Database,
    @Inject(SETTINGS) private readonly settings: { readonly LIFEBOAT_SECRET_KEY: string },
  ) {}

  async work(
    data: DataOf<typeof VerifyWorkload>,
    _memo: unknown,
    context: WorkContext,
  ): Promise<WorkOutcome<AnswerOf<typeof VerifyWorkload>>> {
    const run = await this.runs.rebuildOf(await this.runs.knownInput(data.runId), context.signal);
    const state = await RunState.load(run);
    const [recovered, strangers] = await Promise.all([this.recapture(run, state), findStrangers(state)]);
    if (run.isolated) refuseWaysOut(recovered, state);
    const lines = receipt(run.topology, recovered, state);
    const content = Receipt.parse({
      runId: data.runId,
      comparedAt: new Date().toISOString(),
      totals: totalsOf(lines),
      entities: lines,
      ...strangers,
    });
    await context.transaction((tx) =>
      tx.query(
        `insert into receipt (run_id, content) values ($1, $2) on conflict (run_id) do update set content = excluded.content`,
        [data.runId, JSON.stringify(content)],
      ),
    );
    return done({
      runId: data.runId,
      fields: content.totals,
      orphans: strangers.orphans.length,
      doubles: strangers.doubles.length,
    });
  }

  /** The target as it stands, by the same capture; and one by one what no list of the project reaches. */
  private async recapture(run: Rebuild, state: RunState): Promise<Topology> {
    const seal = (plain: string): Json => sealSecret(plain, this.settings.LIFEBOAT_SECRET_KEY);
    const { all } = await captureProject({
      cloud: run.cloud,
      registry: run.registry,
      seal,
      listsAtOnce: LISTS_AT_ONCE,
    });
    const further: Entity[] = [];
    for (const { ref, targetId } of state.entries.values()) {
      if (targetId === undefined || all.get({ kind: ref.kind, id: targetId })) continue;
      const live = await run.registry.get(ref.kind).get(run.cloud, targetId, state.scope);
      if (live) further.push({ ...run.registry.get(ref.kind).capture(live, state.scope), kind: ref.kind });
    }
    return topology([...all.entities, ...further]);
  }
}

/** By what stands there, not by what was meant: a drill that could be reached, or reach anything, is no drill. */
function refuseWaysOut(recovered: Topology, state: RunState): void {
  const found = waysOut(recovered, state);
  if (found.length === 0) return;
  throw illegalState(
    'drill-not-isolated',
    `The drill is not cut off: ${found.map(({ kind, id, to }) => `${kind} ${id} leads to ${to}`).join('; ')}`,
    { mend: 'It is removed again. Look at what the target made of it, and why.', data: { found } },
  );
}
