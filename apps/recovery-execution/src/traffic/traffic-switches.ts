import type { ResolvedSwitch, SwitchResult } from '@lifeboat/contracts';
import type { Json } from '@lifeboat/kernel';
import { Database } from '@lifeboat/service-kit';
import { Injectable } from '@nestjs/common';
import type { RecoveryInput } from '../recovery/recovery-runs.ts';
import type { Earlier } from './wanted-now.ts';

export interface StoredSwitch {
  readonly content: ResolvedSwitch;
  /** `planned` until it is known what stood there. */
  readonly state: 'planned' | 'begun' | SwitchResult['outcome'];
  readonly before: Json;
}

interface Begun extends Earlier {
  readonly place: string;
  readonly after: Json;
}

/** The traffic switches of runs: what stood there is stored before anything is changed, and never again after. */
@Injectable()
export class TrafficSwitches {
  constructor(private readonly database: Database) {}

  /** Those that are known of the run stay as they are. */
  async plan({ runId, groupId, source, target }: RecoveryInput, traffic: readonly ResolvedSwitch[]): Promise<void> {
    await this.database.transaction((tx) =>
      tx.query(
        `insert into traffic_switch (run_id, index, group_id, source, target, content)
         select $1, ordinality - 1, $2, $3, $4, one from jsonb_array_elements($5::jsonb) with ordinality as t (one, ordinality)
         on conflict (run_id, index) do nothing`,
        [runId, groupId, source, target, JSON.stringify(traffic)],
      ),
    );
  }

  async of(runId: string): Promise<readonly StoredSwitch[]> {
    return this.database.query<StoredSwitch[]>(
      `select content, state, before from traffic_switch where run_id = $1 order by index`,
      [runId],
    );
  }

  /** What stood in a place when the group last left the site that it goes to now. */
  async earlier({ runId, groupId, target }: RecoveryInput, place: string): Promise<Earlier | undefined> {
    const [row] = await this.database.query<Earlier[]>(
      `select before, former from traffic_switch
       where group_id = $1 and source = $2 and place = $3 and run_id <> $4 and state <> 'planned' order by begun_at desc limit 1`,
      [groupId, target, place, runId],
    );
    return row;
  }

  async begin(runId: string, index: number, { place, before, former, after }: Begun): Promise<void> {
    await this.database.transaction((tx) =>
      tx.query(
        `update traffic_switch
         set before = case when state = 'planned' then $4::jsonb else before end, begun_at = coalesce(begun_at, now()),
           place = $3, former = $5, after = $6, state = 'begun' where run_id = $1 and index = $2`,
        [runId, index, place, JSON.stringify(before), former, JSON.stringify(after)],
      ),
    );
  }

  async end(runId: string, index: number, outcome: SwitchResult['outcome']): Promise<void> {
    await this.database.transaction((tx) =>
      // Of one that was never begun nobody knows what stood there: it is looked at when it is done again.
      tx.query(`update traffic_switch set state = $3 where run_id = $1 and index = $2 and state <> 'planned'`, [
        runId,
        index,
        outcome,
      ]),
    );
  }
}
