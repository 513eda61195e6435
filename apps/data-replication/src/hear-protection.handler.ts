import {
  FailoverCommitted,
  GroupChanged,
  GroupLocked,
  GroupRemoved,
  GroupReversed,
  GroupUnlocked,
} from '@lifeboat/contracts';
import type { Envelope } from '@lifeboat/contracts';
import { ReactsTo } from '@lifeboat/service-kit';
import type { EventHandler } from '@lifeboat/service-kit';
import type { EntityManager } from 'typeorm';
import { heedGroups } from './bandwidth/heed-groups.ts';
import { heedFailovers } from './primaries/heed-failovers.ts';

/** What protection says of groups: who holds them, and what their policies allow. */
@ReactsTo(
  GroupLocked.subject,
  GroupUnlocked.subject,
  FailoverCommitted.subject,
  GroupReversed.subject,
  GroupChanged.subject,
  GroupRemoved.subject,
)
export class HearProtectionHandler implements EventHandler {
  async react(said: Envelope, tx: EntityManager): Promise<void> {
    await heedFailovers(said, tx);
    await heedGroups(said, tx);
  }
}
