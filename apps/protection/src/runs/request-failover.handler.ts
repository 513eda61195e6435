import { RequestFailover, StartFailover, StopWatching } from '@lifeboat/contracts';
import type { InputOf, OutputOf } from '@lifeboat/contracts';
import { asLifeboatError, conflict } from '@lifeboat/kernel';
import { AnswersRequest, Asker, LOGGER } from '@lifeboat/service-kit';
import type { RequestContext, RequestHandler } from '@lifeboat/service-kit';
import type { Logger } from '@lifeboat/telemetry';
import { Inject } from '@nestjs/common';
import { lockedGroup } from '../groups/groups.ts';
import { hold, refuseFailedOver } from '../groups/hold.ts';
import { planOfRun } from '../plans/plans.ts';
import { pointToServe } from '../points/points.ts';
import { windowOf } from '../policies/policy.row.ts';
import { ProofOfLife } from '../sites/proof-of-life.ts';
import { startRun } from './run-starts.ts';

const STOP_WATCHING_MS = 2_000;

@AnswersRequest(RequestFailover)
export class RequestFailoverHandler implements RequestHandler<typeof RequestFailover> {
  constructor(
    private readonly asker: Asker,
    private readonly proofOfLife: ProofOfLife,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  async answer(
    input: InputOf<typeof RequestFailover>,
    context: RequestContext,
  ): Promise<OutputOf<typeof RequestFailover>> {
    if (!input.confirmPrimaryLost)
      throw conflict(
        'confirm-primary-lost',
        'An unplanned failover brings the workload up whatever the primary still does.',
        {
          mend: 'Make sure that the primary is lost and cannot serve, then ask again with --confirm-primary-lost.',
        },
      );
    const answer = await context.transaction(async (tx, out) => {
      const group = await lockedGroup(tx, input.groupId);
      if (group.heldBy === input.runId) return { runId: input.runId };
      if (group.heldBy)
        throw conflict('run-in-progress', `Group ${group.groupId} is held by run ${group.heldBy}.`, {
          mend: 'Wait for it to end, or abort it.',
        });
      refuseFailedOver(group);
      await pointToServe(tx, group.groupId, input.pointId);
      const { groupId, runId, pointId, reason } = input;
      const commitWindow = input.commitWindow ?? (await windowOf(tx, group.policy));
      const plan = await planOfRun(tx, groupId, input);
      // Held from this moment on: nobody asks the primary for a sign of life any more.
      await tx.save(Object.assign(group, hold(group, runId, 'failover')));
      await startRun(tx, out, StartFailover, {
        groupId,
        runId,
        reason,
        ...(pointId && { pointId }),
        ...(commitWindow && { commitWindow }),
        ...(plan && { plan }),
      });
      return { runId };
    });
    await this.leaveAlone(input.groupId);
    return answer;
  }

  /**
   * Whoever reads the primary's metadata, or asks it for a sign of life, stops before the answer is given, so that from then on nobody calls it. A metadata-capture that is away reads
   * nothing, and asks whom it may watch before it reads again: the failover waits for nobody.
   */
  private async leaveAlone(groupId: string): Promise<void> {
    this.proofOfLife.leaveAlone();
    await this.asker
      .ask(StopWatching, { groupId }, { timeoutMs: STOP_WATCHING_MS })
      .catch((thrown: unknown) => this.log.info({ err: asLifeboatError(thrown), groupId }, 'nobody to stop watching'));
  }
}
