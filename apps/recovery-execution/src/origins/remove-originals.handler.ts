import { RemoveOriginals } from '@lifeboat/contracts';
import type { AnswerOf, DataOf } from '@lifeboat/contracts';
import { MADE_WAY, RETURNED } from '@lifeboat/openstack-entity-api';
import { again, Database, DoesWork, done, Sites } from '@lifeboat/service-kit';
import type { WorkContext, WorkHandler, WorkOutcome } from '@lifeboat/service-kit';
import { RecoveryRuns } from '../recovery/recovery-runs.ts';
import type { RecoveryInput } from '../recovery/recovery-runs.ts';
import { StoredLedger } from '../recovery/stored-ledger.ts';
import { Origins } from './origins.ts';
import { removeOriginal } from './remove-original.ts';
import { replaced } from './replaced.ts';
import type { Earlier } from './replaced.ts';

type Answer = AnswerOf<typeof RemoveOriginals>;
type Named = Answer['removed'][number];
/** What is to go is decided once, and kept: it is true only as long as nothing of it is traced anew. */
interface Memo {
  readonly wanted: readonly Named[];
  readonly tries: number;
}

const TRIES = 30;
const AGAIN_MS = 1_000;

/** After the commit. What would not go is said, and left: it stands stopped beside its successor, and may be needed by its user. */
@DoesWork(RemoveOriginals)
export class RemoveOriginalsHandler implements WorkHandler<typeof RemoveOriginals, Memo> {
  constructor(
    private readonly database: Database,
    private readonly sites: Sites,
    private readonly runs: RecoveryRuns,
    private readonly origins: Origins,
  ) {}

  async work(
    { runId }: DataOf<typeof RemoveOriginals>,
    memo: Memo | undefined,
    context: WorkContext,
  ): Promise<WorkOutcome<Answer, Memo>> {
    const input = await this.runs.input(runId);
    if (!input?.home) return done({ runId, removed: [], left: [] });
    if (!memo) {
      await context.transaction((tx) =>
        // From here on nothing that came back is put back.
        tx.query(`update ledger_entry set looked = null where run_id = $1 and how = any($2)`, [
          runId,
          [RETURNED, MADE_WAY],
        ]),
      );
      return again({ wanted: await this.replacedBy(input), tries: 0 }, 0);
    }
    const cloud = await this.sites.open(input.target);
    const left: Answer['left'][number][] = [];
    for (const one of memo.wanted) {
      const now = await removeOriginal(cloud, one);
      if (now !== 'gone') left.push({ ...one, why: now === 'going' ? 'it is still on its way out' : now.why });
    }
    if (left.length > 0 && memo.tries < TRIES) return again({ ...memo, tries: memo.tries + 1 }, AGAIN_MS);
    const stays = new Set(left.map(({ id }) => id));
    return done({ runId, removed: memo.wanted.filter(({ id }) => !stays.has(id)), left });
  }

  private async replacedBy(input: RecoveryInput): Promise<readonly Named[]> {
    const made = await new StoredLedger(this.database, input.runId).entries();
    const earlier: Earlier[] = [];
    for (const run of await this.runs.earlierTo(input))
      earlier.push({ copies: run.copies, entries: await new StoredLedger(this.database, run.runId).entries() });
    return replaced(await this.origins.between(input), made, await this.runs.topologyOf(input), earlier);
  }
}
