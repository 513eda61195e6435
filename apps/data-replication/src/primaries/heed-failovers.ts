import { FailoverCommitted, GroupLocked, GroupUnlocked } from '@lifeboat/contracts';
import type { Envelope } from '@lifeboat/contracts';
import type { EntityManager } from 'typeorm';
import { giveUp, takeBack } from './given-up.ts';

/** An unplanned failover begins with the group's lock: from then on its primary is lost, also to what had been asked for before. */
export async function heedFailovers({ type, data }: Envelope, tx: EntityManager): Promise<void> {
  if (type === FailoverCommitted.subject) {
    const { groupId, runId } = FailoverCommitted.data.parse(data);
    return giveUp(tx, groupId, runId, true);
  }
  if (type === GroupUnlocked.subject) {
    const { groupId, runId } = GroupUnlocked.data.parse(data);
    return takeBack(tx, groupId, runId);
  }
  if (type !== GroupLocked.subject) return;
  const { groupId, runId, purpose } = GroupLocked.data.parse(data);
  if (purpose === 'failover') await giveUp(tx, groupId, runId, false);
}
