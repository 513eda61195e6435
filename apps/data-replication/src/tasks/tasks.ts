import type { Bandwidth, HoldVerb, OutputOf, VerbAnswered } from '@lifeboat/contracts';
import type { Json } from '@lifeboat/kernel';
import { Database, Every } from '@lifeboat/service-kit';
import { traceContext } from '@lifeboat/telemetry';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { PACED, shareColumns, shareOf } from '../bandwidth/share.ts';
import { nextState } from './next-state.ts';
import type { Next } from './next-state.ts';
import type { NewTask, Task } from './task.ts';

const COLUMNS = `id, command_id as "commandId", owner_id as "ownerId", site, request, state, call, memo, result, error, bytes::float8 as bytes, failures,
  failing_since as "failingSince"`;

/** A holder that has not been heard of for so long is dead, or has been told to stop by now. */
const HELD_SECONDS = 5;

const HOUR_MS = 3_600_000;
/** As long as a command may be repeated, and its answer with it. */
const KEPT_DAYS = 30;

interface Share {
  readonly verb: string;
  readonly bandwidth: readonly Bandwidth[] | null;
  readonly calls: number;
}

export type ProgressRow = Pick<Task, 'request' | 'state' | 'bytes'> & {
  readonly progress: number | null;
  readonly problem: string | null;
};

type Held = OutputOf<typeof HoldVerb>;

const json = (value: unknown): string | null => (value === undefined || value === null ? null : JSON.stringify(value));

@Injectable()
export class Tasks {
  constructor(private readonly database: Database) {}

  /** Quiet for those that are there already: their ids follow from command, disk and verb. */
  async add(tx: EntityManager, tasks: readonly NewTask[], correlationId: string | undefined): Promise<void> {
    const { traceparent } = traceContext();
    for (const { id, commandId, ownerId, site, request } of tasks)
      await tx.query(
        `insert into task (id, command_id, owner_id, site, request, correlation_id, traceparent) values ($1, $2, $3, $4, $5, $6, $7) on conflict (id) do nothing`,
        [id, commandId, ownerId, site, JSON.stringify(request), correlationId ?? null, traceparent ?? null],
      );
  }

  ofCommand(commandId: string): Promise<readonly Task[]> {
    return this.database.query<Task[]>(`select ${COLUMNS} from task where command_id = $1 order by created_at, id`, [
      commandId,
    ]);
  }

  /** The newest task of each disk that a point or run has. */
  progressOf(ownerId: string): Promise<readonly ProgressRow[]> {
    return this.database.query<ProgressRow[]>(
      `select distinct on (request->'point'->'disk'->>'kind', request->'point'->'disk'->>'id')
         request, state, (bytes + moving)::float8 as bytes, progress, coalesce(error, problem)->>'message' as problem
       from task where owner_id = $1 and request->>'verb' <> 'verify'
       order by request->'point'->'disk'->>'kind', request->'point'->'disk'->>'id', created_at desc`,
      [ownerId],
    );
  }

  /** Ends what a command still has under way: workers are told when they next ask. */
  async cancel(commandId: string): Promise<void> {
    await this.database.query(
      `update task set state = 'cancelled' where command_id = $1 and state in ('waiting', 'asked')`,
      [commandId],
    );
  }

  /** Ends everything under way for a point or run but what `commandId` itself began. `false` while a worker may still be at some of it. */
  async cancelOthers(ownerId: string, commandId: string): Promise<boolean> {
    await this.database.query(
      `update task set state = 'cancelled' where owner_id = $1 and command_id <> $2 and state in ('waiting', 'asked')`,
      [ownerId, commandId],
    );
    const held = await this.database.query<unknown[]>(
      `select 1 from task where owner_id = $1 and command_id <> $2 and state = 'cancelled' and worker is not null and heard_at > now() - make_interval(secs => $3) limit 1`,
      [ownerId, commandId, HELD_SECONDS],
    );
    return held.length === 0;
  }

  /** Ends one task, if it has not ended, and answers whether no worker may be at it any more. */
  async endOne(tx: EntityManager, id: string): Promise<boolean> {
    await tx.query(`update task set state = 'cancelled' where id = $1 and state in ('waiting', 'asked')`, [id]);
    const held: unknown[] = await tx.query(
      `select 1 from task where id = $1 and state = 'cancelled' and worker is not null and heard_at > now() - make_interval(secs => $2)`,
      [id, HELD_SECONDS],
    );
    return held.length === 0;
  }

  /** Asks for what is to be asked for until it is done: anew where it has failed, `afterSeconds` later. */
  async askUntilDone(
    tx: EntityManager,
    { id, commandId, ownerId, site, request }: NewTask,
    afterSeconds: number,
  ): Promise<void> {
    await tx.query(
      `insert into task (id, command_id, owner_id, site, request) values ($1, $2, $3, $4, $5)
       on conflict (id) do update set state = 'waiting', memo = null, error = null, failures = 0, failing_since = null, due_at = now(), worker = null
       where task.state in ('failed', 'cancelled') and task.due_at <= now() - make_interval(secs => $6)`,
      [id, commandId, ownerId, site, JSON.stringify(request), afterSeconds],
    );
  }

  @Every(HOUR_MS)
  async forgetOld(): Promise<void> {
    await this.database.query(
      `delete from task where state in ('done', 'failed', 'cancelled') and due_at < now() - make_interval(days => $1)`,
      [KEPT_DAYS],
    );
  }

  /** A worker asks for a call, or says that it is still at it; it is told what it may send from now on. */
  async hold(id: string, call: number, worker: string, bytes: number): Promise<Held> {
    const [[held]] = await this.database.query<[Share[], number]>(
      `update task set worker = $3, heard_at = now(), moving = $4
       where id = $1 and call = $2 and state = 'asked' and (worker is null or worker = $3 or heard_at < now() - make_interval(secs => $5))
       returning request->>'verb' as verb, ${shareColumns('task', '$6')}`,
      [id, call, worker, bytes, HELD_SECONDS, PACED],
    );
    if (!held) return { held: false };
    const share = PACED.includes(held.verb) ? shareOf(held.bandwidth, held.calls, new Date()) : undefined;
    return { held: true, ...(share !== undefined && { bytesPerSecond: share }) };
  }

  /** Takes an answer in. Quiet for answers to calls that are not the newest. */
  async settle(id: string, call: number, answer: VerbAnswered): Promise<void> {
    const commandId = await this.database.transaction(async (tx) => {
      const [task]: Task[] = await tx.query(`select ${COLUMNS} from task where id = $1 and call = $2 for update`, [
        id,
        call,
      ]);
      if (task?.state === 'cancelled') await tx.query(`update task set worker = null where id = $1`, [id]);
      if (task?.state !== 'asked') return undefined;
      const next = nextState(task, answer, new Date());
      await store(tx, id, next, answer.bytes);
      if (next.state === 'waiting') return undefined;
      // Whoever began the command looks again now, not at its next turn.
      await tx.query(`update work set next_at = now() where id = $1 and state = 'running'`, [task.commandId]);
      return task.commandId;
    });
    if (commandId !== undefined) this.database.store.wake.emit('work');
  }
}

async function store(tx: EntityManager, id: string, next: Next, bytes: number): Promise<void> {
  const waiting = next.state === 'waiting' ? next : undefined;
  await tx.query(
    `update task set state = $2, result = $3, error = $4, memo = $5, failures = $6,
       failing_since = case when $6 = 0 then null else coalesce(failing_since, now()) end,
       due_at = now() + make_interval(secs => $7), bytes = bytes + $8, moving = 0, progress = coalesce($9, progress), worker = null,
       problem = $10
     where id = $1`,
    [
      id,
      next.state,
      next.state === 'done' ? JSON.stringify(next.result) : null,
      next.state === 'failed' ? json(next.error) : null,
      json(waiting?.memo as Json | undefined),
      waiting?.failures ?? 0,
      (waiting?.afterMs ?? 0) / 1_000,
      bytes,
      waiting?.progress ?? null,
      json(waiting?.problem),
    ],
  );
}
