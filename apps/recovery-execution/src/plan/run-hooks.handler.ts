import { RunHooks } from '@lifeboat/contracts';
import type { AnswerOf, DataOf, Hook, HookResult } from '@lifeboat/contracts';
import { asLifeboatError, external } from '@lifeboat/kernel';
import { Bus, jsonRequests } from '@lifeboat/messaging';
import { again, DoesWork, done } from '@lifeboat/service-kit';
import type { WorkContext, WorkHandler, WorkOutcome } from '@lifeboat/service-kit';
import { Inject } from '@nestjs/common';
import { RecoveryRuns } from '../recovery/recovery-runs.ts';
import { callHook, hookText } from './call-hook.ts';
import type { HookFacts } from './call-hook.ts';
import { PLANS_FILE } from './plans-file.ts';
import type { PlansFile } from './plans-file.ts';

const AGAIN_MS = 2_000;
const WITHIN_SECONDS = 60;
const SAID_CHARACTERS = 500;

interface Memo {
  readonly results: readonly HookResult[];
  /** When the hook that is next was first called. */
  readonly since?: string;
}
type Input = DataOf<typeof RunHooks>;

/** One hook after the other; how far it came is stored before each call, so a crash repeats one call at most, under the same key. */
@DoesWork(RunHooks)
export class RunHooksHandler implements WorkHandler<typeof RunHooks, Memo> {
  constructor(
    private readonly runs: RecoveryRuns,
    private readonly bus: Bus,
    @Inject(PLANS_FILE) private readonly file: PlansFile,
  ) {}

  async work(
    data: Input,
    memo: Memo | undefined,
    context: WorkContext,
  ): Promise<WorkOutcome<AnswerOf<typeof RunHooks>, Memo>> {
    await this.runs.refuseRemoved(data.runId);
    let { results = [], since } = memo ?? {};
    for (const hook of data.hooks.slice(results.length)) {
      since ??= new Date().toISOString();
      await context.saveMemo({ results: [...results], since } as never);
      const result = await this.call(hook, { data, at: results.length, since }, context.signal);
      if (!result) return again({ results, since }, AGAIN_MS);
      [results, since] = [[...results, result], undefined];
    }
    return done({ runId: data.runId, hooks: [...results] });
  }

  /** `undefined`: it is to be called again. */
  private async call(
    hook: Hook,
    { data, at, since }: { readonly data: Input; readonly at: number; readonly since: string },
    signal: AbortSignal,
  ): Promise<HookResult | undefined> {
    const now = () => new Date().toISOString();
    if (data.isolated && hook.inDrills === 'skip')
      return { hook: hookText(hook), outcome: 'skipped', at: now(), said: 'the plan leaves it out of drills' };
    const end = Date.parse(since) + (hook.within ?? WITHIN_SECONDS) * 1_000;
    const timeoutMs = Math.max(1_000, end - Date.now());
    try {
      const request = jsonRequests(this.bus);
      const said = await callHook(hook, factsOf(data, at), { file: this.file, request, timeoutMs, signal });
      const brief = said.trim().slice(-SAID_CHARACTERS);
      return { hook: hookText(hook), outcome: 'done', at: now(), ...(brief !== '' && { said: brief }) };
    } catch (thrown) {
      signal.throwIfAborted();
      const error = asLifeboatError(thrown);
      if (error.retryable && Date.now() < end) return undefined;
      throw external(error.code, `Wave "${data.wave}", ${data.when}: ${error.message}`, {
        retry: 'no',
        mend: error.mend ?? 'Mend the hook, or what it calls; or leave it out of the plan. Then start a new run.',
        cause: thrown,
      });
    }
  }
}

const factsOf = ({ runId, groupId, wave, when, isolated }: Input, at: number): HookFacts => ({
  key: ['lifeboat', runId, wave, when, String(at)].join(':'),
  run: runId,
  group: groupId,
  wave,
  when,
  drill: String(isolated ?? false),
});
