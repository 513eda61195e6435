import type { Envelope } from '@lifeboat/contracts';
import type { ErrorDetails } from '@lifeboat/kernel';
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
    if (!envelope.causationId) return;
    const pending = await tx.findOneBy(PendingCommandRow, { commandId: envelope.causationId });
    if (!pending) return;
    const commandId = envelope.causationId;
    const failed = /\.command-failed\.v\d+$/.test(envelope.type);
    await this.runner.apply(
      tx,
      context,
      pending.runId,
      failed
        ? { type: 'failure', commandId, error: (envelope.data as { error: ErrorDetails }).error }
        : { type: 'answer', commandId, data: envelope.data },
    );
  }
}
