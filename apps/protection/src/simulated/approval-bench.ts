import { ApproveRun, ReadEvidence, ReadRunRequest, RefuseRun, RequestFailover } from '@lifeboat/contracts';
import type { EvidenceRecord, OutputOf, RequestDef, RunRequest, RunRequested } from '@lifeboat/contracts';
import { asLifeboatError, newId } from '@lifeboat/kernel';
import { ask } from '@lifeboat/messaging';
import type { Bus } from '@lifeboat/messaging';
import { until } from '@lifeboat/testing';
import type { Stack } from '@lifeboat/testing';
import pg from 'pg';

interface World {
  readonly bus: Bus;
  readonly db: pg.Client;
  readonly stack: Stack;
  group(groupId: string, state: string): Promise<void>;
}

export const RULES = { drivers: [], serverRoot: 'snapshot' as const };
export const UNHELD = { state: 'protected', by: null, token: 0 };

/** Bert asks for failovers that have to be approved; anna and carl may approve them. */
export class ApprovalBench {
  constructor(private readonly of: () => World) {}

  get world(): World {
    return this.of();
  }

  doing<I, O>(request: RequestDef<I, O>, input: I): Promise<O> {
    return ask(this.world.bus, request, input);
  }

  /** Of a policy of carl's that wants failovers, planned or not, approved within this time. */
  async group(groupId: string, withinSeconds = 3_600): Promise<void> {
    const { db } = this.world;
    await this.world.group(groupId, 'protected');
    await db.query(
      `insert into policy (name, rpo_seconds, keep_points, rules, approval, set_by, set_at) values ($1, 0, 2, $2, $3, 'carl', now())`,
      [`of ${groupId}`, RULES, { kinds: ['failover', 'planned-failover'], withinSeconds }],
    );
    await db.query(`update protection_group set policy = $2 where group_id = $1`, [groupId, `of ${groupId}`]);
    await db.query(
      `update recovery_point set metadata = 'sha256:00', consistency = '{"level": "crash-per-disk"}' where group_id = $1`,
      [groupId],
    );
  }

  asks(groupId: string, runId = newId()): Promise<RunRequested> {
    return this.doing(RequestFailover, { groupId, runId, by: 'bert', reason: 'fire', confirmPrimaryLost: true });
  }

  approves(runId: string, by: string): Promise<OutputOf<typeof ApproveRun>> {
    return this.doing(ApproveRun, { runId, by, reason: 'seen' });
  }

  refuses(runId: string, by: string): Promise<OutputOf<typeof RefuseRun>> {
    return this.doing(RefuseRun, { runId, by, reason: 'it is a rumour' });
  }

  async outcomeOf(runId: string): Promise<string | undefined> {
    return (await this.doing(ReadRunRequest, { runId })).run?.outcome;
  }

  /** What began it, if it has begun. */
  async startOf(runId: string): Promise<{ readonly request: RunRequest } | undefined> {
    const { rows } = await this.world.db.query<{ data: { request: RunRequest } }>(
      `select envelope->'data' as data from run_start where run_id = $1`,
      [runId],
    );
    return rows[0]?.data;
  }

  async holderOf(groupId: string): Promise<unknown> {
    const { rows } = await this.world.db.query<object>(
      `select state, held_by as by, fence_token as token from protection_group where group_id = $1`,
      [groupId],
    );
    return rows[0];
  }

  /** As if the run that held it had ended, or something had happened to it. */
  async becomes(groupId: string, state: string): Promise<void> {
    await this.world.db.query(`update protection_group set held_by = null, state = $2 where group_id = $1`, [
      groupId,
      state,
    ]);
  }

  /** Lets nobody have the group while `meanwhile` goes on. */
  async keeping(groupId: string, meanwhile: () => Promise<void>): Promise<void> {
    const keeper = new pg.Client({ connectionString: this.world.stack.databaseUrl });
    await keeper.connect();
    await keeper.query('begin');
    await keeper.query(`select from protection.protection_group where group_id = $1 for update`, [groupId]);
    await meanwhile().finally(() => keeper.end());
  }

  /** Whether somebody is deciding it right now. */
  async isBeingDecided(runId: string): Promise<boolean> {
    const { rowCount } = await this.world.db.query(`select from run_request where run_id = $1 for update skip locked`, [
      runId,
    ]);
    return rowCount === 0;
  }

  recorded(runId: string): Promise<EvidenceRecord> {
    return until('the record', () =>
      this.doing(ReadEvidence, { runId }).then(
        ({ evidence }) => evidence.record,
        (thrown: unknown) => {
          if (asLifeboatError(thrown).code !== 'evidence-not-found') throw thrown;
          return undefined;
        },
      ),
    );
  }
}
