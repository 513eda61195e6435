import type { DataOf, RecreateEntities, RemoveStaged, StageEntities } from '@lifeboat/contracts';
import { conflict } from '@lifeboat/kernel';
import { Database } from '@lifeboat/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/** Of a group at a target. */
interface Place {
  readonly groupId: string;
  readonly target: string;
}

const AT = `s.stage and s.input->>'groupId' = $1 and s.input->>'target' = $2`;
/** No run serves by it: nobody took it up, or has put back all of it. */
const FREE = `(s.taken_up_by is null
  or exists (select from recovery_run r where r.run_id = s.taken_up_by and r.removed)
    and not exists (select from ledger_entry e where e.run_id = s.taken_up_by and e.how = 'staged' and e.state <> 'removed'))`;

/**
 * What is kept staged of a group at a target is a run of the engines like any other, whose ledger and mark say what was made; only that it is begun again and
 * again, and that other runs may take it up. One stands at a time.
 */
@Injectable()
export class Stages {
  constructor(private readonly database: Database) {}

  /** The id of the one that stands there, or of a new one; what it is made of from now on is stored. Refused while a run serves by it. */
  async begin(tx: EntityManager, data: DataOf<typeof StageEntities>): Promise<string> {
    const { groupId, runId, target, source, metadata, mappings } = data;
    // Two at once would begin two.
    await tx.query(`select pg_advisory_xact_lock(hashtextextended($1, 0))`, [`stage ${groupId} ${target}`]);
    const [known] = await tx.query<{ stageId: string; free: boolean }[]>(
      `select s.run_id as "stageId", ${FREE} as free from recovery_run s where ${AT} and not s.removed`,
      [groupId, target],
    );
    if (known?.free === false)
      throw conflict('stage-in-use', `What stands staged of group ${groupId} at ${target} serves a run.`, {
        mend: 'Wait for that run to end.',
      });
    const stageId = known?.stageId ?? runId;
    const input: DataOf<typeof RecreateEntities> = {
      groupId,
      runId: stageId,
      source,
      target,
      metadata,
      mappings,
      images: [],
      copies: [],
    };
    await tx.query(
      `insert into recovery_run (run_id, input, stage) values ($1, $2, true)
       on conflict (run_id) do update set input = excluded.input, taken_up_by = null`,
      [stageId, JSON.stringify(input)],
    );
    return stageId;
  }

  /** From now on it serves this run, and stays as it is for others. `undefined`: nothing stands staged, or it serves another. */
  async takeUp(tx: EntityManager, { groupId, target }: Place, runId: string): Promise<string | undefined> {
    const [rows]: [{ stageId: string }[], number] = await tx.query(
      `update recovery_run s set taken_up_by = $3 where ${AT} and not s.removed and (s.taken_up_by = $3 or ${FREE}) returning s.run_id as "stageId"`,
      [groupId, target, runId],
    );
    return rows[0]?.stageId;
  }

  /** What a run took up; of one that has made nothing yet, what it would. */
  async of({ groupId, target, runId }: Place & { readonly runId: string }): Promise<string | undefined> {
    const [row] = await this.database.query<{ stageId: string }[]>(
      `select s.run_id as "stageId" from recovery_run s
       where ${AT} and s.topology is not null and (s.taken_up_by = $3 or not s.removed and ${FREE} and not exists (select from recovery_run r where r.run_id = $3))
       order by s.taken_up_by = $3 desc nulls last limit 1`,
      [groupId, target, runId],
    );
    return row?.stageId;
  }

  /** Those that are to go, for good. What serves a run stays. May be asked again until nothing of them is left. */
  async close(tx: EntityManager, { groupId, of }: DataOf<typeof RemoveStaged>): Promise<readonly string[]> {
    const by = 'target' in of ? `s.input->>'target' = $2 and ${FREE}` : `s.taken_up_by = $2 and ${FREE}`;
    const [rows]: [{ stageId: string; made: boolean }[], number] = await tx.query(
      `update recovery_run s set removed = true where s.stage and s.input->>'groupId' = $1 and ${by}
         and (not s.removed or exists (select from ledger_entry e where e.run_id = s.run_id))
       returning s.run_id as "stageId", s.topology is not null as made`,
      [groupId, 'target' in of ? of.target : of.takenUpBy],
    );
    return rows.flatMap(({ made, stageId }) => (made ? [stageId] : []));
  }

  /** Nothing of them is left: their ledgers say nothing that is true any more. */
  async forget(tx: EntityManager, stages: readonly string[]): Promise<void> {
    await tx.query(`delete from ledger_entry where run_id = any($1)`, [stages]);
  }
}
