import { commandFailed, messages, parseData } from '@lifeboat/contracts';
import type { CommandDef, Envelope } from '@lifeboat/contracts';
import { asLifeboatError } from '@lifeboat/kernel';
import type { ErrorDetails } from '@lifeboat/kernel';
import type { SagaInput } from '@lifeboat/saga-engine';
import { ReactsTo } from '@lifeboat/service-kit';
import type { EventHandler, HandlerContext } from '@lifeboat/service-kit';
import type { EntityManager } from 'typeorm';
import { PendingCommandRow } from './run.rows.ts';
import { Runner } from './runner.ts';

/** Takes in what the services answer; an event that answers no pending command is none of our business. */
@ReactsTo(
  'lifeboat.evt.protection.>',
  'lifeboat.evt.capture.>',
  'lifeboat.evt.image.>',
  'lifeboat.evt.data.>',
  'lifeboat.evt.recovery.>',
)
export class AnswersHandler implements EventHandler {
  constructor(private readonly runner: Runner) {}

  async react(envelope: Envelope, tx: EntityManager, context: HandlerContext): Promise<void> {
    const commandId = envelope.causationId;
    if (commandId === undefined) return;
    const pending = await tx.findOneBy(PendingCommandRow, { commandId });
    const input = pending && inputOf(pending.envelope.type, commandId, envelope);
    if (input) await this.runner.apply(tx, context, pending.runId, input);
  }
}

const commands = new Map(
  messages.flatMap((m) => (m.kind === 'command' ? [[m.subject, m as CommandDef] as const] : [])),
);

/** Undefined for an event that merely follows from the command: services may tell more than their answer. */
function inputOf(commandType: string, commandId: string, envelope: Envelope): SagaInput | undefined {
  const command = commands.get(commandType);
  if (!command) return undefined;
  const failure = commandFailed(command.context);
  try {
    if (envelope.type === failure.subject)
      return { type: 'failure', commandId, error: parseData(failure, envelope.data).error as ErrorDetails };
    if (envelope.type === command.answer.subject)
      return { type: 'answer', commandId, data: parseData(command.answer, envelope.data) };
    return undefined;
  } catch (thrown) {
    // Asked again it would answer the same: the step has failed, and the run says why.
    return { type: 'failure', commandId, error: asLifeboatError(thrown).toJSON() };
  }
}
