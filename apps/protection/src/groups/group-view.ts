import type { Group } from '@lifeboat/contracts';
import type { EntityManager } from 'typeorm';
import { PointRow } from '../points/point.row.ts';
import type { GroupRow } from './group.row.ts';

/** A group as it is shown, with its newest sealed point. */
export async function groupView(tx: EntityManager, row: GroupRow): Promise<Group> {
  const last = await tx.findOne(PointRow, {
    where: { groupId: row.groupId, state: 'sealed' },
    order: { requestedAt: 'DESC' },
  });
  return {
    groupId: row.groupId,
    name: row.name,
    primary: row.primary,
    recovery: row.recovery,
    policy: row.policy,
    members: row.members,
    mappings: row.mappings,
    state: row.state,
    ...(row.heldBy !== null && { heldBy: row.heldBy }),
    ...(last?.requestedAt && {
      lastPoint: {
        pointId: last.pointId,
        requestedAt: last.requestedAt.toISOString(),
        ageSeconds: (Date.now() - last.requestedAt.getTime()) / 1000,
      },
    }),
  };
}
