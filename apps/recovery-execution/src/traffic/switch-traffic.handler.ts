import { SwitchTraffic } from '@lifeboat/contracts';
import type { AnswerOf, DataOf, SwitchResult } from '@lifeboat/contracts';
import { asLifeboatError, illegalState, timedOut } from '@lifeboat/kernel';
import type { LifeboatError } from '@lifeboat/kernel';
import { Bus, jsonRequests } from '@lifeboat/messaging';
import { RunState } from '@lifeboat/openstack-entity-api';
import { again, DoesWork, done, Sites } from '@lifeboat/service-kit';
import type { WorkContext, WorkHandler, WorkOutcome } from '@lifeboat/service-kit';
import { Inject } from '@nestjs/common';
import { AGAIN_MS, inTurn } from '../plan/in-turn.ts';
import type { Came } from '../plan/in-turn.ts';
import { PLANS_FILE } from '../plan/plans-file.ts';
import type { PlansFile } from '../plan/plans-file.ts';
import { RecoveryRuns } from '../recovery/recovery-runs.ts';
import type { RecoveryInput } from '../recovery/recovery-runs.ts';
import { kindOf } from './kinds.ts';
import { servedBy } from './served.ts';
import type { Switching } from './switch-kind.ts';
import { TrafficSwitches } from './traffic-switches.ts';
import type { StoredSwitch } from './traffic-switches.ts';
import { wantedNow } from './wanted-now.ts';

const WITHIN_SECONDS = 300;

type Input = DataOf<typeof SwitchTraffic>;
type Memo = Came<SwitchResult>;
/** One try of one switch. */
interface Turn {
  readonly data: Input;
  readonly input: RecoveryInput;
  readonly stored: StoredSwitch;
  readonly index: number;
  readonly end: number;
  readonly state: RunState;
  readonly signal: AbortSignal;
}

/** The switches in turn, each until it is done, cannot be done, or its time is over. */
@DoesWork(SwitchTraffic)
export class SwitchTrafficHandler implements WorkHandler<typeof SwitchTraffic, Memo> {
  constructor(
    private readonly runs: RecoveryRuns,
    private readonly switches: TrafficSwitches,
    private readonly sites: Sites,
    private readonly bus: Bus,
    @Inject(PLANS_FILE) private readonly file: PlansFile,
  ) {}

  async work(
    data: Input,
    memo: Memo | undefined,
    context: WorkContext,
  ): Promise<WorkOutcome<AnswerOf<typeof SwitchTraffic>, Memo>> {
    const { runId, traffic } = data;
    if (traffic?.length === 0) return done({ runId, traffic: [] });
    const input = await this.runs.knownInput(runId);
    if (traffic) await this.switches.plan(input, traffic);
    const state = await RunState.load(await this.runs.rebuildOf(input, context.signal));
    const came = await inTurn(await this.switches.of(runId), memo, context, (stored, index, since) => {
      const end = Date.parse(since) + (stored.content.within ?? WITHIN_SECONDS) * 1_000;
      return this.tried({ data, input, stored, index, end, state, signal: context.signal });
    });
    return came.since === undefined ? done({ runId, traffic: [...came.results] }) : again(came, AGAIN_MS);
  }

  /** `undefined`: it is to be tried again. */
  private async tried(turn: Turn): Promise<SwitchResult | undefined> {
    const { input, stored, index, end, signal } = turn;
    const { kind, what } = kindOf(stored.content);
    const head = { switch: kind.text(what, input.target), at: new Date().toISOString() };
    try {
      const { before, wanted, put } = await this.putOnce(turn);
      if (put === 'going' && Date.now() < end) return undefined;
      if (put === 'going') throw timedOut('switch-not-done', 'It was told, and is not done with it.');
      await this.switches.end(input.runId, index, wanted.how);
      const shown = kind.look && { before: kind.show?.(before) ?? '', after: kind.show?.(wanted.after) ?? '' };
      return { ...head, outcome: wanted.how, ...shown, ...put };
    } catch (thrown) {
      signal.throwIfAborted();
      const error = asLifeboatError(thrown);
      if (mayPass(error) && Date.now() < end) return undefined;
      await this.switches.end(input.runId, index, 'failed');
      const mend = [error.mend, `When it is mended: "lifeboat run switch-traffic ${input.runId}".`].filter(Boolean);
      return { ...head, outcome: 'failed', said: error.message, mend: mend.join(' ') };
    }
  }

  /** What stood there is stored before the first change, and after that not looked for again: it might be our own. */
  private async putOnce(turn: Turn) {
    const { data, input, stored, index, state } = turn;
    const { kind, what } = kindOf(stored.content);
    const switching = this.switching(turn);
    const servers = await servedBy(state, stored.content.serves);
    const place = kind.text(what, input.target);
    const before = stored.state === 'planned' ? ((await kind.look?.(what, servers, switching)) ?? null) : stored.before;
    const earlier = input.home && (await this.switches.earlier(input, place));
    const wanted = wantedNow(kind, what, { before, servers, earlier: earlier || undefined });
    const former = servers.flatMap((server) => server.former);
    await this.switches.begin(data.runId, index, { place, before, former, after: wanted.after });
    return { before, wanted, put: await kind.put(what, before, wanted.after, switching) };
  }

  private switching({ data, input, index, end, signal }: Turn): Switching {
    const { runId, groupId, source, target } = input;
    return {
      file: this.file,
      cloud: (site) => {
        if (site === data.lost) throw atLostSite(site);
        return this.sites.open(site);
      },
      request: jsonRequests(this.bus),
      target,
      ...(data.plannedFrom !== undefined && { plannedFrom: data.plannedFrom }),
      facts: {
        key: ['lifeboat', data.again ?? runId, 'switch', String(index)].join(':'),
        run: runId,
        group: groupId,
        from: source,
        to: target,
      },
      timeoutMs: Math.max(1_000, end - Date.now()),
      signal,
    };
  }
}

/** All that a switch does it looks for before, so what may have been done can be done again. */
const mayPass = (error: LifeboatError): boolean => error.retryable || error.code === 'outcome-unknown';

const atLostSite = (site: string) =>
  illegalState('switch-at-lost-site', `It is at ${site}, which this run gave up for lost and does not call.`, {
    mend: `Do it by hand, or wait until ${site} is there again.`,
  });
