import { commandFailed, EntitiesStaged, ReplicaDamaged, RunEnded, RunStarted } from '@lifeboat/contracts';
import type { Envelope } from '@lifeboat/contracts';
import { ReactsTo } from '@lifeboat/service-kit';
import type { EventHandler, HandlerContext } from '@lifeboat/service-kit';
import type { EntityManager } from 'typeorm';
import { recordDrill } from './drills/record-drill.ts';
import { EvidenceRecorder } from './evidence/evidence-recorder.ts';
import { HearDrills } from './plans/hear-drills.ts';
import { HeedDamage } from './points/heed-damage.ts';
import { HearRunStarts } from './runs/run-starts.ts';
import { recordStage } from './staging/hear-stages.ts';

/** What other services say that concerns protection, each to who heeds it. */
@ReactsTo(
  RunStarted.subject,
  RunEnded.subject,
  commandFailed('saga').subject,
  ReplicaDamaged.subject,
  EntitiesStaged.subject,
)
export class HearEventsHandler implements EventHandler {
  constructor(
    private readonly runStarts: HearRunStarts,
    private readonly damage: HeedDamage,
    private readonly evidence: EvidenceRecorder,
    private readonly drills: HearDrills,
  ) {}

  react(event: Envelope, tx: EntityManager, out: HandlerContext): Promise<void> {
    if (event.type === ReplicaDamaged.subject) return this.damage.hear(event, tx, out);
    if (event.type === EntitiesStaged.subject) return recordStage(event, tx);
    return event.type === RunEnded.subject ? this.ended(event, tx, out) : this.began(event, tx);
  }

  /** Or was refused. */
  private async began(event: Envelope, tx: EntityManager): Promise<void> {
    await this.runStarts.hear(event, tx);
    if (event.type !== RunStarted.subject) await recordStage(event, tx);
  }

  private async ended(event: Envelope, tx: EntityManager, out: HandlerContext): Promise<void> {
    await this.evidence.hear(event, tx);
    await recordDrill(event, tx);
    await recordStage(event, tx);
    await this.drills.hear(event, tx, out);
  }
}
