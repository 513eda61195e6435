import { illegalState, notFound } from '@lifeboat/kernel';
import type { EntityManager } from 'typeorm';
import { PointRow } from './point.row.ts';
import type { PointState } from './point.row.ts';

export const pointNotFound = (pointId: string) =>
  notFound('point-not-found', `There is no recovery point "${pointId}".`, {
    mend: 'List them with "lifeboat point list GROUP".',
  });

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
