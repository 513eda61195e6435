import { CheckTarget } from '@lifeboat/contracts';
import type { AnswerOf, DataOf } from '@lifeboat/contracts';
import { conflict } from '@lifeboat/kernel';
import { DoesWork, done } from '@lifeboat/service-kit';
import type { WorkContext, WorkHandler, WorkOutcome } from '@lifeboat/service-kit';
import { PlanCheck } from '../plan/plan-findings.ts';
import { RecoveryRuns } from './recovery-runs.ts';
import { promised, targetFindings } from './target-findings.ts';

type Input = DataOf<typeof CheckTarget>;

@DoesWork(CheckTarget)
export class CheckTargetHandler implements WorkHandler<typeof CheckTarget> {
  constructor(
    private readonly runs: RecoveryRuns,
    private readonly plans: PlanCheck,
  ) {}

  async work(data: Input, _memo: unknown, context: WorkContext): Promise<WorkOutcome<AnswerOf<typeof CheckTarget>>> {
    const run = await this.runs.rebuildOf({ ...data, copies: promised(data) }, context.signal);
    const { misled, waves, traffic, ...found } = await targetFindings(run, data, this.plans);
    const blockers = data.isolated ? [...found.blockers, ...misled] : found.blockers;
    const warnings = data.isolated ? found.warnings : [...found.warnings, ...misled];
    if (blockers.length > 0)
      throw conflict(
        'target-not-ready',
        `${data.target} cannot take the group: ${blockers.map((b) => `${b.where}: ${b.message}`).join('; ')}`,
        {
          mend: blockers
            .map((b) => b.mend)
            .filter(Boolean)
            .join(' '),
          data: { blockers },
        },
      );
    return done({
      runId: data.runId,
      warnings: [...warnings],
      ...(waves && { waves: [...waves] }),
      ...(traffic && { traffic: [...traffic] }),
    });
  }
}
