import { FailoverCommitted, GroupLocked, GroupReversed, GroupUnlocked } from '@lifeboat/contracts';
import type { Envelope } from '@lifeboat/contracts';
import type { EntityManager } from 'typeorm';
import { comeBack, giveUp, takeBack } from './given-up.ts';

/** An unplanned failover begins with the group's lock: from then on its primary is lost, also to what had been asked for before. */
export async function heedFailovers({ type, data, time }: Envelope, tx: EntityManager): Promise<void> {
  const at = new Date(Date.parse(time));
  if (type === FailoverCommitted.subject) {
    const { groupId, runId } = FailoverCommitted.data.parse(data);
    return giveUp(tx, { groupId, runId, committed: true, at });
  }
  if (type === GroupReversed.subject) {
    const { groupId, runId } = GroupReversed.data.parse(data);
    return comeBack(tx, { groupId, runId, at });
  }
  if (type === GroupUnlocked.subject) {
    const { groupId, runId } = GroupUnlocked.data.parse(data);
    return takeBack(tx, groupId, runId);
  }
  if (type !== GroupLocked.subject) return;
  const { groupId, runId, purpose } = GroupLocked.data.parse(data);
  if (purpose === 'failover') await giveUp(tx, { groupId, runId, committed: false, at });
}
