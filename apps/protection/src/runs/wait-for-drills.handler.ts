import { WaitForDrills } from '@lifeboat/contracts';
import type { AnswerOf, DataOf } from '@lifeboat/contracts';
import { again, Database, DoesWork, done } from '@lifeboat/service-kit';
import type { WorkContext, WorkHandler, WorkOutcome } from '@lifeboat/service-kit';

const LOOK_AGAIN_MS = 500;
const NO_LONGER_MS = 2 * 60_000;

/** A drill was told to go when the run began, and lets its point go last. One that cannot be removed keeps no real run waiting for longer than this. */
@DoesWork(WaitForDrills)
export class WaitForDrillsHandler implements WorkHandler<typeof WaitForDrills, { since: number }> {
  constructor(private readonly database: Database) {}

  async work(
    { groupId, runId }: DataOf<typeof WaitForDrills>,
    memo: { since: number } | undefined,
    _context: WorkContext,
  ): Promise<WorkOutcome<AnswerOf<typeof WaitForDrills>, { since: number }>> {
    const since = memo?.since ?? Date.now();
    const drills = await this.database.query<{ run_id: string }[]>(
      `select run_id from point_pin where group_id = $1 and rehearsal order by run_id`,
      [groupId],
    );
    if (drills.length > 0 && Date.now() - since < NO_LONGER_MS) return again({ since }, LOOK_AGAIN_MS);
    return done({ groupId, runId, stillThere: drills.map(({ run_id }) => run_id) });
  }
}
