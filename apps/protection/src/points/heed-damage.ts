import { ReplicaDamaged, StartProtect } from '@lifeboat/contracts';
import type { Envelope } from '@lifeboat/contracts';
import { newId } from '@lifeboat/kernel';
import type { Outgoing } from '@lifeboat/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { GroupRow } from '../groups/group.row.ts';
import { startRun } from '../runs/run-starts.ts';
import { PointRow } from './point.row.ts';

/**
 * A point of which something is damaged at the recovery site is not served from unless it is asked for by its id, and another one is made at once: nobody
 * must find out in the night of a failover. A group that is held, or has given its primary up, keeps what it has.
 */
@Injectable()
export class HeedDamage {
  async hear({ data }: Envelope, tx: EntityManager, out: Outgoing): Promise<void> {
    const { groupId, pointId, disk, damage } = ReplicaDamaged.data.parse(data);
    const group = await tx.findOne(GroupRow, { where: { groupId }, lock: { mode: 'pessimistic_write' } });
    const point = await tx.findOneBy(PointRow, { pointId });
    if (!group || point?.state !== 'sealed') return;
    await tx.update(PointRow, { pointId }, { damage: point.damage ?? `${disk.kind} ${disk.name}: ${damage}` });
    const beingMade = await tx.findOneBy(PointRow, { groupId, state: 'open' });
    if (group.state !== 'protected' || group.heldBy || beingMade || point.former) return;
    const runId = newId();
    await tx.insert(PointRow, { pointId: runId, groupId, state: 'open', openedAt: new Date(), images: [], disks: [] });
    await startRun(tx, out, StartProtect, { runId, groupId, reason: `replica damaged: ${damage}` });
  }
}
