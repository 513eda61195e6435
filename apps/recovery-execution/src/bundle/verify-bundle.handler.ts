import { VerifyBundle } from '@lifeboat/contracts';
import type { AnswerOf, DataOf } from '@lifeboat/contracts';
import { DoesWork, done } from '@lifeboat/service-kit';
import type { WorkHandler, WorkOutcome } from '@lifeboat/service-kit';
import { ReadBundle } from './read-bundle.ts';

@DoesWork(VerifyBundle)
export class VerifyBundleHandler implements WorkHandler<typeof VerifyBundle> {
  constructor(private readonly bundles: ReadBundle) {}

  async work({
    groupId,
    runId,
    bundle,
  }: DataOf<typeof VerifyBundle>): Promise<WorkOutcome<AnswerOf<typeof VerifyBundle>>> {
    const { points } = await this.bundles.home(bundle);
    return done({ groupId, runId, points: points.length });
  }
}
