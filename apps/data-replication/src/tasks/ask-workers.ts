import type { Envelope, RunVerb } from '@lifeboat/contracts';
import { Database, Every } from '@lifeboat/service-kit';
import { Injectable } from '@nestjs/common';
import type { Task } from './task.ts';

const LOOK_MS = 100;
const AT_ONCE = 50;
/** A worker that holds a verb is heard every 1.5 s; nobody holds it: it may be waiting its turn, or be lost with NATS' store. */
const SILENT_SECONDS = 6;
const LONGEST_SECONDS = 60;

type Due = Pick<Task, 'id' | 'site' | 'request' | 'state' | 'memo' | 'commandId'> & {
  readonly call: number;
  readonly attempt: number;
  readonly correlationId: string | null;
  readonly traceparent: string | null;
};

/** Asks workers for what is due, and again for what nobody answers. */
@Injectable()
export class AskWorkers {
  constructor(private readonly database: Database) {}

  @Every(LOOK_MS)
  async askForWhatIsDue(): Promise<void> {
    const open = await this.database.query<unknown[]>(
      `select 1 from task where state in ('waiting', 'asked') and due_at <= now() limit 1`,
    );
    if (open.length > 0) await this.ask();
  }

  private async ask(): Promise<void> {
    await this.database.transaction(async (tx, out) => {
      // A new call counts on; a call that is asked for again keeps its number and is a new attempt of the same message.
      const [due]: [Due[], number] = await tx.query(
        `update task set state = 'asked', heard_at = now(), worker = null,
           call = case when state = 'waiting' then call + 1 else call end, attempt = case when state = 'waiting' then 1 else attempt + 1 end
         where id in (
           select id from task where (state = 'waiting' and due_at <= now())
             or (state = 'asked' and heard_at < now() - make_interval(secs => case when worker is null then least($2 * attempt, $3) else $2 end))
           order by due_at limit $1 for update skip locked)
         returning id, command_id as "commandId", site, request, memo, call, attempt, correlation_id as "correlationId", traceparent`,
        [AT_ONCE, SILENT_SECONDS, LONGEST_SECONDS],
      );
      await out.forward(due.map(envelopeFor));
    });
  }
}

function envelopeFor(task: Due): Envelope<RunVerb> {
  return {
    id: `${task.id}:${task.call}`,
    type: `lifeboat.site.${task.site}.work.run-verb.v1`,
    source: 'lifeboat/data-replication',
    time: new Date().toISOString(),
    attempt: task.attempt,
    causationId: task.commandId,
    ...(task.correlationId !== null && { correlationId: task.correlationId }),
    ...(task.traceparent !== null && { traceparent: task.traceparent }),
    data: {
      ...task.request,
      taskId: task.id,
      call: task.call,
      ...(task.memo !== null && { memo: task.memo as RunVerb['memo'] }),
    },
  };
}
