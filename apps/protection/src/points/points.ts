import type { Consistency } from '@lifeboat/contracts';
import { illegalState, notFound } from '@lifeboat/kernel';
import type { EntityManager } from 'typeorm';
import { PointRow } from './point.row.ts';
import type { PointState } from './point.row.ts';

export const pointNotFound = (pointId: string) =>
  notFound('point-not-found', `There is no recovery point "${pointId}".`, {
    mend: 'List them with "lifeboat point list GROUP".',
  });

/** What a run of the group serves from: the point that it names, or the newest; locked until the transaction ends. */
export async function pointToServe(tx: EntityManager, groupId: string, named?: string): Promise<Complete> {
  const point = await lockedPoint(tx, named ?? (await newestSealed(tx, groupId)), ['sealed']);
  if (point.former)
    throw illegalState(
      'point-not-usable',
      `Recovery point ${point.pointId} is from before group ${groupId} was protected the other way round.`,
      { mend: 'Take a newer one, or leave it out: "lifeboat point list".' },
    );
  if (point.groupId === groupId && point.metadata && point.requestedAt && point.consistency) return point as Complete;
  throw illegalState('point-not-usable', `Recovery point ${point.pointId} is no complete point of group ${groupId}.`);
}

export type Complete = PointRow & {
  readonly metadata: string;
  readonly requestedAt: Date;
  readonly consistency: Consistency;
};

async function newestSealed(tx: EntityManager, groupId: string): Promise<string> {
  const newest = await newestServing(tx, groupId);
  if (!newest)
    throw illegalState('no-recovery-point', `Group ${groupId} has no sealed recovery point.`, {
      mend: 'Nothing can be recovered before one is made: "lifeboat point make".',
    });
  return newest.pointId;
}

/** What a run serves from when nobody chooses: the newest sealed point; a damaged one is better than none: what is left of it is tried. */
export async function newestServing(tx: EntityManager, groupId: string): Promise<PointRow | undefined> {
  const sealed = await tx.find(PointRow, {
    where: { groupId, state: 'sealed', former: false },
    order: { requestedAt: 'DESC' },
  });
  return sealed.find(({ damage }) => damage === null) ?? sealed[0];
}

/** The row of a point in one of these states, locked until the transaction ends. */
export async function lockedPoint(
  tx: EntityManager,
  pointId: string,
  states: readonly PointState[],
): Promise<PointRow> {
  const row = await tx.findOne(PointRow, { where: { pointId }, lock: { mode: 'pessimistic_write' } });
  if (!row) throw pointNotFound(pointId);
  if (!states.includes(row.state)) throw illegalState('point-not-usable', `Recovery point ${pointId} is ${row.state}.`);
  return row;
}
