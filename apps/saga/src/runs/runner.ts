import { RunEnded, RunStarted, StepChanged } from '@lifeboat/contracts';
import type { RunKind, StepState as ShownState } from '@lifeboat/contracts';
import { conflict, bug } from '@lifeboat/kernel';
import { sagas } from '@lifeboat/saga-definitions';
import { decide, emptySaga, evolve, nextDue, replay } from '@lifeboat/saga-engine';
import type { Decision, SagaDefinition, SagaEvent, SagaInput, SagaState } from '@lifeboat/saga-engine';
import { envelopeOf } from '@lifeboat/service-kit';
import type { Outgoing } from '@lifeboat/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { firstResend } from './resend.ts';
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
    const definition = definitionOf(name);
    const key = definition.key(data as never);
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
    for (const superseded of definition.supersedes)
      for (const row of await tx.findBy(RunRow, { name: superseded, groupId: data.groupId, ended: false }))
        await this.apply(tx, out, row.runId, { type: 'steer', action: 'abort', by: `run ${data.runId}` });
    await this.apply(tx, out, data.runId, { type: 'start', data: { ...data } });
  }

  /** One input to one run; nothing happens when the run is unknown or the input is stale. */
  async apply(tx: EntityManager, out: Outgoing, runId: string, input: SagaInput): Promise<void> {
    const row = await tx.findOne(RunRow, { where: { runId }, lock: { mode: 'pessimistic_write' } });
    if (!row) return;
    const definition = definitionOf(row.name, row.version);
    const history = await tx.find(RunEventRow, { where: { runId }, order: { seq: 'ASC' } });
    const before = history.length === 0 ? emptySaga : replay(history.map((h) => h.event));
    const decision = decide({ id: runId, definition }, before, input, new Date().toISOString());
    if ('commandId' in input) await tx.delete(PendingCommandRow, { commandId: input.commandId });
    if (decision.events.length > 0) await this.save(tx, out, row, definition, before, decision, history.length);
    else await tx.save(Object.assign(row, { dueAt: dateOf(nextDue(definition, before)) }));
  }

  private async save(
    tx: EntityManager,
    out: Outgoing,
    row: RunRow,
    definition: SagaDefinition,
    before: SagaState,
    decision: Decision,
    seq: number,
  ): Promise<void> {
    const after = decision.events.reduce(evolve, before);
    await tx.save(
      decision.events.map((event, i) => Object.assign(new RunEventRow(), { runId: row.runId, seq: seq + i, event })),
    );
    await tx.save(
      Object.assign(row, {
        outcome: after.outcome,
        ended: after.ended,
        endedAt: dateOf(after.endedAt),
        error: after.error ?? null,
        dueAt: dateOf(nextDue(definition, after)),
      }),
    );
    await this.sendCommands(tx, out, row, decision);
    for (const event of decision.events) await tell(out, row, event);
    if (after.ended) await tx.delete(PendingCommandRow, { runId: row.runId });
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

export function definitionOf(name: string, version?: number): SagaDefinition {
  const versions = sagas.filter((d) => d.name === name).sort((a, b) => b.version - a.version);
  const found = version === undefined ? versions[0] : versions.find((d) => d.version === version);
  if (!found)
    throw bug('saga-unknown', `There is no saga ${name}${version === undefined ? '' : ` version ${version}`}.`);
  return found;
}

const SHOWN: Partial<Record<SagaEvent['type'], ShownState>> = {
  'step-started': 'started',
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
