import { CheckReadiness } from '@lifeboat/contracts';
import type { InputOf, OutputOf } from '@lifeboat/contracts';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { RequestHandler } from '@lifeboat/service-kit';
import { PlanCheck } from '../plan/plan-findings.ts';
import { RecoveryRuns } from './recovery-runs.ts';
import { promised, targetFindings } from './target-findings.ts';

/** Longer than any pre-flight takes; whoever asked has given up by then. */
const CHECK_MS = 2 * 60_000;

/** The pre-flight of a failover that nobody asked for yet. */
@AnswersRequest(CheckReadiness)
export class CheckReadinessHandler implements RequestHandler<typeof CheckReadiness> {
  constructor(
    private readonly runs: RecoveryRuns,
    private readonly plans: PlanCheck,
  ) {}

  async answer(data: InputOf<typeof CheckReadiness>): Promise<OutputOf<typeof CheckReadiness>> {
    const runId = `readiness-${data.groupId}`;
    const run = await this.runs.rebuildOf({ ...data, runId, copies: promised(data) }, AbortSignal.timeout(CHECK_MS));
    const { checks, blockers, misled, warnings, waves } = await targetFindings(run, data, this.plans);
    return { checks, blockers: [...blockers, ...misled], warnings: [...warnings], ...(waves && { waves: [...waves] }) };
  }
}
