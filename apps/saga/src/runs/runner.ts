import { RunEnded, RunStarted, StepChanged } from '@lifeboat/contracts';
import type { RunKind, StepState as ShownState } from '@lifeboat/contracts';
import { conflict } from '@lifeboat/kernel';
import { definitionOf, sagas } from '@lifeboat/saga-definitions';
import { awaited, decide, evolve, nextDue, replay } from '@lifeboat/saga-engine';
import type { Decision, SagaEvent, SagaInput, SagaState } from '@lifeboat/saga-engine';
import { envelopeOf } from '@lifeboat/service-kit';
import type { Outgoing } from '@lifeboat/service-kit';
import { Injectable } from '@nestjs/common';
import { In, Not } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { firstResend } from './resend.ts';
import { recordTimes } from './run-telemetry.ts';
import { PendingCommandRow, RunEventRow, RunRow } from './run.rows.ts';

export interface Start {
  readonly runId: string;
  readonly groupId: string;
}

/** Loads, decides and saves: history, commands and timers in the caller's transaction. All the thinking is in the engine. */
@Injectable()
export class Runner {
  /** Begins a run; quiet when it has begun already. Refuses a second live run of the same name and key. */
  async start(
    tx: EntityManager,
    out: Outgoing,
    name: string,
    data: Start,
    traceparent: string | undefined,
  ): Promise<void> {
    if (await tx.existsBy(RunRow, { runId: data.runId })) return;
    const definition = definitionOf(sagas, name);
    const key = definition.key(data as never);
    // Two starts at once: the second waits here and is then refused in words; the unique index alone would only make it fail.
    await tx.query(`select pg_advisory_xact_lock(hashtextextended($1, 0))`, [`${name} ${key}`]);
    const live = await tx.findOneBy(RunRow, { name, key, ended: false });
    if (live)
      throw conflict('run-in-progress', `Run ${live.runId} (${name}) is in progress for ${key}.`, {
        mend: 'Wait for it to end, or abort it.',
        data: { runId: live.runId },
      });
    await tx.insert(RunRow, {
      runId: data.runId,
      name,
      version: definition.version,
      key,
      groupId: data.groupId,
      outcome: 'running',
      ended: false,
      startedAt: new Date(),
      endedAt: null,
      dueAt: null,
      error: null,
      traceparent: traceparent ?? null,
    });
    await out.emit(
      RunStarted,
      { runId: data.runId, kind: name as RunKind, groupId: data.groupId },
      { correlationId: data.runId },
    );
    const by = `Run ${data.runId}`;
    const { groupId } = data;
    for (const row of await tx.findBy(RunRow, { name: In([...definition.supersedes]), groupId, ended: false }))
      await this.apply(tx, out, row.runId, { type: 'superseded', by });
    for (const row of await tx.findBy(RunRow, { name: In([...definition.aborts]), groupId, ended: false }))
      await this.apply(tx, out, row.runId, { type: 'steer', action: 'abort', by });
    await this.apply(tx, out, data.runId, { type: 'start', data: { ...data } });
  }

  /** One input to one run; nothing happens when the run is unknown or the input is stale. Answers whether something did. */
  async apply(tx: EntityManager, out: Outgoing, runId: string, input: SagaInput): Promise<boolean> {
    const row = await tx.findOne(RunRow, { where: { runId }, lock: { mode: 'pessimistic_write' } });
    if (!row) return false;
    const definition = definitionOf(sagas, row.name, row.version);
    const history = await tx.find(RunEventRow, { where: { runId }, order: { seq: 'ASC' } });
    const before = replay(history.map((h) => h.event));
    const decision = decide({ id: runId, definition }, before, input, new Date().toISOString());
    if ('commandId' in input) await tx.delete(PendingCommandRow, { commandId: input.commandId });
    const after = decision.events.reduce(evolve, before);
    const { outcome, ended, endedAt, error } = after;
    const dueAt = dateOf(nextDue(definition, after));
    await tx.save(Object.assign(row, { outcome, ended, endedAt: dateOf(endedAt), error: error ?? null, dueAt }));
    if (decision.events.length > 0) await this.save(tx, out, row, { after, decision, seq: history.length });
    return decision.events.length > 0;
  }

  private async save(
    tx: EntityManager,
    out: Outgoing,
    row: RunRow,
    { after, decision, seq }: { readonly after: SagaState; readonly decision: Decision; readonly seq: number },
  ): Promise<void> {
    // Inserted, never updated: were two writers at it, the key would refuse the second.
    for (const [i, event] of decision.events.entries())
      await tx.query(`insert into run_event (run_id, seq, event) values ($1, $2, $3)`, [
        row.runId,
        seq + i,
        JSON.stringify(event),
      ]);
    // First: what is undone by now must never be sent again after its undo, also when it is being sent again at this moment.
    await tx.delete(PendingCommandRow, { runId: row.runId, commandId: Not(In([...awaited(after)])) });
    await this.sendCommands(tx, out, row, decision);
    for (const event of decision.events) await tell(out, row, event);
    recordTimes(row, after, decision.events);
  }

  private async sendCommands(tx: EntityManager, out: Outgoing, row: RunRow, decision: Decision): Promise<void> {
    for (const { id, command, data } of decision.commands) {
      const envelope = {
        ...envelopeOf('saga', command, data, { id, correlationId: row.runId }),
        ...(row.traceparent && { traceparent: row.traceparent }),
      };
      await tx.save(
        Object.assign(new PendingCommandRow(), {
          commandId: id,
          runId: row.runId,
          envelope,
          attempt: 1,
          resendAt: firstResend(),
        }),
      );
      await out.forward([envelope]);
    }
  }
}

const dateOf = (iso: string | undefined): Date | null => (iso === undefined ? null : new Date(iso));

const SHOWN: Partial<Record<SagaEvent['type'], ShownState>> = {
  'step-started': 'started',
  held: 'held',
  'step-done': 'done',
  'step-failed': 'failed',
  'undo-started': 'undoing',
  undone: 'undone',
  'undo-failed': 'undo-failed',
};

async function tell(out: Outgoing, row: RunRow, event: SagaEvent): Promise<void> {
  const run = { runId: row.runId, kind: row.name as RunKind, groupId: row.groupId };
  const ids = { correlationId: row.runId };
  const state = SHOWN[event.type];
  if (state && 'step' in event)
    await out.emit(
      StepChanged,
      { ...run, step: event.step, state, ...('error' in event && { error: plain(event.error) }) },
      ids,
    );
  if (event.type === 'ended' || event.type === 'operator-asked')
    await out.emit(
      RunEnded,
      {
        ...run,
        outcome: event.type === 'ended' && event.outcome !== 'given-up' ? event.outcome : 'needs-operator',
        ...(row.error && { error: plain(row.error) }),
      },
      ids,
    );
}

const plain = <T>(error: T) => JSON.parse(JSON.stringify(error)) as never;
