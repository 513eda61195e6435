import { FencePrimary } from '@lifeboat/contracts';
import type { AnswerOf, DataOf, HookResult } from '@lifeboat/contracts';
import { external } from '@lifeboat/kernel';
import type { LifeboatError } from '@lifeboat/kernel';
import { again, DoesWork, done } from '@lifeboat/service-kit';
import type { WorkContext, WorkHandler, WorkOutcome } from '@lifeboat/service-kit';
import { RecoveryRuns } from '../recovery/recovery-runs.ts';
import type { HookFacts } from './call-hook.ts';
import { HookSequence } from './hook-sequence.ts';
import { AGAIN_MS, inTurn } from './in-turn.ts';
import type { Came } from './in-turn.ts';
import { LeaseFence } from './lease-fence.ts';

type Input = DataOf<typeof FencePrimary>;

/** The fence is other people's power switch or network, or a lease that runs out there: nothing here knows the primary, and a fence that does not say that it is done was not. */
@DoesWork(FencePrimary)
export class FencePrimaryHandler implements WorkHandler<typeof FencePrimary, Came<HookResult>> {
  constructor(
    private readonly runs: RecoveryRuns,
    private readonly hooks: HookSequence,
    private readonly lease: LeaseFence,
  ) {}

  async work(
    data: Input,
    memo: Came<HookResult> | undefined,
    context: WorkContext,
  ): Promise<WorkOutcome<AnswerOf<typeof FencePrimary>, Came<HookResult>>> {
    await this.runs.refuseRemoved(data.runId);
    const failed = notFenced(data);
    const sequence = { facts: (at: number) => factsOf(data, at), failed };
    const came = await inTurn(data.fence, memo, context, (one, at, since) =>
      one.lease
        ? this.lease.end(one.lease, data, failed)
        : this.hooks.call(one, sequence, { at, since }, context.signal),
    );
    return came.since === undefined ? done({ runId: data.runId, fenced: [...came.results] }) : again(came, AGAIN_MS);
  }
}

const notFenced =
  ({ site, groupId }: Input) =>
  (error: LifeboatError): LifeboatError =>
    external('primary-not-fenced', `Nobody knows that ${site} serves no more: ${error.message}`, {
      retry: 'no',
      mend: `Mend what fences it, or make sure by other means and say so: "lifeboat run failover ${groupId} --confirm-primary-lost --unfenced".`,
      cause: error,
    });

const factsOf = ({ runId, groupId, site }: Input, at: number): HookFacts => ({
  key: ['lifeboat', runId, 'fence', String(at)].join(':'),
  run: runId,
  group: groupId,
  when: 'fence',
  site,
});
