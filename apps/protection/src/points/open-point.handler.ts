import { OpenPoint } from '@lifeboat/contracts';
import type { AnswerOf, DataOf } from '@lifeboat/contracts';
import { illegalState, notFound } from '@lifeboat/kernel';
import { HandlesCommand } from '@lifeboat/service-kit';
import type { DecidingHandler } from '@lifeboat/service-kit';
import type { EntityManager } from 'typeorm';
import { lockedGroup } from '../groups/groups.ts';
import { PolicyRow } from '../policies/policy.row.ts';
import { PointRow } from './point.row.ts';

@HandlesCommand(OpenPoint)
export class OpenPointHandler implements DecidingHandler<typeof OpenPoint> {
  async decide(data: DataOf<typeof OpenPoint>, tx: EntityManager): Promise<AnswerOf<typeof OpenPoint>> {
    const group = await lockedGroup(tx, data.groupId);
    if (group.state !== 'protected')
      throw illegalState(
        'group-not-protected',
        `Group ${group.groupId} is ${group.state}: no points are made of a primary that was given up.`,
      );
    const policy = await tx.findOneBy(PolicyRow, { name: group.policy });
    if (!policy)
      throw notFound(
        'policy-not-found',
        `Group ${group.groupId} names policy "${group.policy}", which does not exist.`,
      );
    const known = await tx.findOneBy(PointRow, { pointId: data.pointId });
    const point =
      known ??
      (await tx.save(tx.create(PointRow, { ...data, state: 'open', openedAt: new Date(), images: [], disks: [] })));
    return {
      groupId: group.groupId,
      pointId: point.pointId,
      primary: group.primary,
      recovery: group.recovery,
      members: group.members,
      policy: policy.rules,
      openedAt: point.openedAt.toISOString(),
    };
  }
}
