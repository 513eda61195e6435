import { RunHooks } from '@lifeboat/contracts';
import type { AnswerOf, DataOf, HookResult } from '@lifeboat/contracts';
import { external } from '@lifeboat/kernel';
import { again, DoesWork, done } from '@lifeboat/service-kit';
import type { WorkContext, WorkHandler, WorkOutcome } from '@lifeboat/service-kit';
import { RecoveryRuns } from '../recovery/recovery-runs.ts';
import type { HookFacts } from './call-hook.ts';
import { HookSequence } from './hook-sequence.ts';
import { AGAIN_MS } from './in-turn.ts';
import type { Came } from './in-turn.ts';

type Input = DataOf<typeof RunHooks>;

@DoesWork(RunHooks)
export class RunHooksHandler implements WorkHandler<typeof RunHooks, Came<HookResult>> {
  constructor(
    private readonly runs: RecoveryRuns,
    private readonly hooks: HookSequence,
  ) {}

  async work(
    data: Input,
    memo: Came<HookResult> | undefined,
    context: WorkContext,
  ): Promise<WorkOutcome<AnswerOf<typeof RunHooks>, Came<HookResult>>> {
    await this.runs.refuseRemoved(data.runId);
    const { wave, when, isolated, hooks } = data;
    const came = await this.hooks.go(
      {
        hooks,
        facts: (at) => factsOf(data, at),
        leaveOut: ({ inDrills }) => (isolated && inDrills === 'skip' ? 'the plan leaves it out of drills' : undefined),
        failed: (error) =>
          external(error.code, `Wave "${wave}", ${when}: ${error.message}`, {
            retry: 'no',
            mend: error.mend ?? 'Mend the hook, or what it calls; or leave it out of the plan. Then start a new run.',
            cause: error,
          }),
      },
      memo,
      context,
    );
    return came.since === undefined ? done({ runId: data.runId, hooks: [...came.results] }) : again(came, AGAIN_MS);
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
