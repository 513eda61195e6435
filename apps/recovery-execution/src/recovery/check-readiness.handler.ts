import { CheckReadiness } from '@lifeboat/contracts';
import type { Finding, InputOf, OutputOf } from '@lifeboat/contracts';
import { outOfStep } from '@lifeboat/openstack-entity-api';
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
    const signal = AbortSignal.timeout(CHECK_MS);
    const run = await this.runs.rebuildOf({ ...data, runId, copies: promised(data), staged: true }, signal);
    const { checks, blockers, misled, warnings, waves } = await targetFindings(run, data, this.plans);
    const changed = run.stage === undefined ? [] : await this.outOfStep(run.stage, signal);
    return {
      checks,
      blockers: [...blockers, ...misled],
      warnings: [...warnings, ...changed],
      ...(waves && { waves: [...waves] }),
    };
  }

  /** A failover would bring it in step; that takes time, and says that somebody is at what nobody should touch. */
  private async outOfStep(stageId: string, signal: AbortSignal): Promise<readonly Finding[]> {
    const run = await this.runs.rebuildOf(await this.runs.knownInput(stageId), signal);
    return (await outOfStep(run)).map(({ entity, id, why }) => ({
      code: 'staged-out-of-step',
      where: `${entity.kind} ${entity.name || '(no name)'} (${id}) at ${run.cloud.site}`,
      message: `It stands staged, and ${why}.`,
      mend: 'It is brought in step after the next point: "lifeboat point make".',
    }));
  }
}
