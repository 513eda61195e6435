import type { Point } from '@lifeboat/contracts';
import type { PointRow } from './point.row.ts';

export const pointView = (row: PointRow, pinnedBy: readonly string[]): Point => ({
  pointId: row.pointId,
  groupId: row.groupId,
  state: row.state,
  openedAt: row.openedAt.toISOString(),
  images: row.images,
  disks: row.disks,
  pinnedBy: [...pinnedBy],
  ...(row.requestedAt && { requestedAt: row.requestedAt.toISOString() }),
  ...(row.sealedAt && { sealedAt: row.sealedAt.toISOString() }),
  ...(row.consistency && { consistency: row.consistency }),
  ...(row.consistencyMissed && { consistencyMissed: row.consistencyMissed }),
  ...(row.damage && { damage: row.damage }),
  ...(row.metadata && { metadata: row.metadata }),
});
