import { AdoptDisks, DisownDisks } from '@lifeboat/contracts';
import type { AnswerOf, DataOf } from '@lifeboat/contracts';
import { again, DoesWork, done } from '@lifeboat/service-kit';
import type { WorkContext, WorkHandler, WorkOutcome } from '@lifeboat/service-kit';
import { Points } from '../points/points.ts';

const LOOK_AGAIN_MS = 500;

@DoesWork(DisownDisks)
export class DisownDisksHandler implements WorkHandler<typeof DisownDisks, null> {
  constructor(private readonly points: Points) {}

  async work(
    { pointId }: DataOf<typeof DisownDisks>,
    _memo: null | undefined,
    context: WorkContext,
  ): Promise<WorkOutcome<AnswerOf<typeof DisownDisks>, null>> {
    const ended = await context.transaction(async (tx, out) => {
      const nobodyThere = await out.cancel(AdoptDisks, { pointId });
      await this.points.forget(tx, pointId);
      return nobodyThere;
    });
    return ended ? done({ pointId }) : again(null, LOOK_AGAIN_MS);
  }
}
