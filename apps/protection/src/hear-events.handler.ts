import { commandFailed, ReplicaDamaged, RunStarted } from '@lifeboat/contracts';
import type { Envelope } from '@lifeboat/contracts';
import { ReactsTo } from '@lifeboat/service-kit';
import type { EventHandler, HandlerContext } from '@lifeboat/service-kit';
import type { EntityManager } from 'typeorm';
import { HeedDamage } from './points/heed-damage.ts';
import { HearRunStarts } from './runs/run-starts.ts';

/** What other services say that concerns protection, each to who heeds it. */
@ReactsTo(RunStarted.subject, commandFailed('saga').subject, ReplicaDamaged.subject)
export class HearEventsHandler implements EventHandler {
  constructor(
    private readonly runStarts: HearRunStarts,
    private readonly damage: HeedDamage,
  ) {}

  react(event: Envelope, tx: EntityManager, out: HandlerContext): Promise<void> {
    return event.type === ReplicaDamaged.subject ? this.damage.hear(event, tx, out) : this.runStarts.hear(event, tx);
  }
}
