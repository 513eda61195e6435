import type { Envelope } from '@lifeboat/contracts';
import { ReactsTo } from '@lifeboat/service-kit';
import type { EventHandler, HandlerContext } from '@lifeboat/service-kit';
import type { EntityManager } from 'typeorm';
import { inputOf } from './input-of.ts';
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
    const input = pending && inputOf(pending.envelope.type, envelope);
    if (input) await this.runner.apply(tx, context, pending.runId, input);
  }
}
