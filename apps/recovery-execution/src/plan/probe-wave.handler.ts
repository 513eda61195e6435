import { ProbeWave } from '@lifeboat/contracts';
import type { AnswerOf, DataOf, ProbeResult, ResolvedProbe } from '@lifeboat/contracts';
import { external } from '@lifeboat/kernel';
import { RunState } from '@lifeboat/openstack-entity-api';
import { again, DoesWork, done } from '@lifeboat/service-kit';
import type { WorkContext, WorkHandler, WorkOutcome } from '@lifeboat/service-kit';
import { Inject } from '@nestjs/common';
import { RecoveryRuns } from '../recovery/recovery-runs.ts';
import { PLANS_FILE } from './plans-file.ts';
import type { PlansFile } from './plans-file.ts';
import { addressOf } from './probes/address-of.ts';
import { fromOutside, probeText, serverOf } from './probes/probe.ts';
import type { Tried } from './probes/probe.ts';
import { tryProbe } from './probes/try-probe.ts';

const AGAIN_MS = 2_000;
const TRY_MS = 10_000;
const WITHIN_SECONDS = 60;
const CUT_OFF = 'a drill is cut off: nothing reaches its servers from outside';

interface Memo {
  readonly since: string;
  /** By the place of the probe. */
  readonly over: Readonly<Record<string, ProbeResult>>;
}
type Input = DataOf<typeof ProbeWave>;

/** Asks all that have not passed yet, again and again; their time counts from the first question, through crashes. */
@DoesWork(ProbeWave)
export class ProbeWaveHandler implements WorkHandler<typeof ProbeWave, Memo> {
  constructor(
    private readonly runs: RecoveryRuns,
    @Inject(PLANS_FILE) private readonly file: PlansFile,
  ) {}

  async work(
    data: Input,
    memo: Memo | undefined,
    context: WorkContext,
  ): Promise<WorkOutcome<AnswerOf<typeof ProbeWave>, Memo>> {
    await this.runs.refuseRemoved(data.runId);
    const since = memo?.since ?? new Date().toISOString();
    if (!memo) await context.saveMemo({ since, over: {} });
    const state = await this.stateOf(data, context.signal);
    const over: Record<string, ProbeResult> = { ...memo?.over };
    const late: ProbeResult[] = [];
    await Promise.all(
      data.probes.map(async (probe, at) => {
        if (over[at]) return;
        const { passed, said, skipped } = await this.ask(probe, data, state, context.signal);
        const result = resultOf(probe, said, skipped ? 'skipped' : passed ? 'passed' : 'failed');
        if (result.outcome !== 'failed') over[at] = result;
        else if (Date.now() >= Date.parse(since) + (probe.within ?? WITHIN_SECONDS) * 1_000) late.push(result);
      }),
    );
    if (late.length > 0) throw notPassed(data, late, Object.values(over));
    const results = data.probes.flatMap((_, at) => over[at] ?? []);
    return results.length === data.probes.length
      ? done({ runId: data.runId, probes: results })
      : again({ since, over }, AGAIN_MS);
  }

  private async ask(
    probe: ResolvedProbe,
    { runId, groupId, wave, isolated }: Input,
    state: RunState,
    signal: AbortSignal,
  ): Promise<Tried & { readonly skipped?: true }> {
    if (isolated && fromOutside(probe)) return { passed: false, skipped: true, said: CUT_OFF };
    const server = { kind: 'server', id: probe.serverId ?? '' };
    return tryProbe(probe, {
      cloud: state.run.cloud,
      file: this.file,
      address: () => addressOf(state, server),
      targetId: state.entry(server)?.targetId ?? '',
      facts: { run: runId, group: groupId, wave, drill: String(isolated ?? false) },
      timeoutMs: TRY_MS,
      signal,
    });
  }

  private async stateOf({ runId }: Input, signal: AbortSignal): Promise<RunState> {
    return RunState.load(await this.runs.rebuildOf(await this.runs.knownInput(runId), signal));
  }
}

const resultOf = (probe: ResolvedProbe, said: string, outcome: ProbeResult['outcome']): ProbeResult => {
  const server = serverOf(probe);
  return {
    ...(server !== undefined && { server }),
    probe: probeText(probe),
    outcome,
    at: new Date().toISOString(),
    ...(said !== '' && { said }),
  };
};

const sentence = ({ server, probe, said }: ProbeResult): string =>
  `${probe}${server === undefined ? '' : ` of ${server}`}: ${said ?? 'it said nothing'}`;

function notPassed({ wave }: Input, late: readonly ProbeResult[], over: readonly ProbeResult[]) {
  return external('probe-failed', `Wave "${wave}" does not serve: ${late.map(sentence).join('; ')}`, {
    retry: 'no',
    mend: 'The run is undone. Look at the server in a drill that is kept (--keep-for), or give the probe more time ("within").',
    data: { probes: [...over, ...late] },
  });
}
