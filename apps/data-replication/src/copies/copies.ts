import type { Disk, DiskCopy } from '@lifeboat/contracts';
import type { Json } from '@lifeboat/kernel';
import { Database } from '@lifeboat/service-kit';
import { Injectable } from '@nestjs/common';
import type { Capabilities, Copy, Materialised } from '@lifeboat/replication-driver-api';
import type { EntityManager } from 'typeorm';

/** The copy of a disk that was made, or is being made, for a run. */
export interface DiskCopyRow {
  readonly runId: string;
  readonly groupId: string;
  readonly pointId: string;
  readonly target: string;
  readonly driver: string;
  readonly disk: Disk;
  readonly copy: Copy;
  /** Of what it is a copy; unknown of those that were made before this was kept. */
  readonly replica: Json | null;
  readonly made: Materialised | null;
}

@Injectable()
export class Copies {
  constructor(private readonly database: Database) {}

  ofRun(runId: string): Promise<readonly DiskCopyRow[]> {
    return this.database.query<DiskCopyRow[]>(
      `select run_id as "runId", group_id as "groupId", point_id as "pointId", target, driver, disk, copy, replica, made from disk_copy where run_id = $1 order by disk_kind, disk_id`,
      [runId],
    );
  }

  /** Intent: stored before a driver is asked for anything. */
  async begin(
    tx: EntityManager,
    { runId, groupId, pointId, target, driver, disk, copy, replica }: Omit<DiskCopyRow, 'made'>,
  ): Promise<void> {
    await tx.query(
      `insert into disk_copy (run_id, disk_kind, disk_id, group_id, point_id, target, driver, disk, copy, replica) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
       on conflict (run_id, disk_kind, disk_id) do nothing`,
      [
        runId,
        disk.kind,
        disk.id,
        groupId,
        pointId,
        target,
        driver,
        ...[disk, copy, replica].map((one) => JSON.stringify(one)),
      ],
    );
  }

  async made(tx: EntityManager, runId: string, disk: Disk, made: Materialised): Promise<void> {
    await tx.query(`update disk_copy set made = $4 where run_id = $1 and disk_kind = $2 and disk_id = $3`, [
      runId,
      disk.kind,
      disk.id,
      JSON.stringify(made),
    ]);
  }

  async forget(tx: EntityManager, runId: string): Promise<void> {
    await tx.query(`delete from disk_copy where run_id = $1`, [runId]);
  }
}

export const copyOf = (disk: Disk, made: Materialised, { carries }: Pick<Capabilities, 'carries'>): DiskCopy => ({
  diskKind: disk.kind,
  diskId: disk.id,
  kind: made.kind,
  targetId: made.kind === 'volume' ? made.volumeId : made.imageId,
  ...(carries !== 'bytes' && { carries }),
});
