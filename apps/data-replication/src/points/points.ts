import type { Disk } from '@lifeboat/contracts';
import type { Json } from '@lifeboat/kernel';
import { Database } from '@lifeboat/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { keyOf } from '../tasks/verbs.ts';

/** One disk of one point, at the target or on its way there. */
export interface PointDisk {
  readonly pointId: string;
  readonly groupId: string;
  readonly source: string;
  readonly target: string;
  readonly driver: string;
  readonly disk: Disk;
  readonly base: Json | null;
  readonly replica: Json | null;
  /** Of the Merkle tree over the point's bytes, where its driver reads them. */
  readonly root: string | null;
  readonly bytes: number;
}

const COLUMNS = `point_id as "pointId", group_id as "groupId", source, target, driver, disk, base, replica, root, bytes::float8 as bytes`;

@Injectable()
export class Points {
  constructor(private readonly database: Database) {}

  ofPoint(pointId: string): Promise<readonly PointDisk[]> {
    return this.database.query<PointDisk[]>(
      `select ${COLUMNS} from point_disk where point_id = $1 order by disk_kind, disk_id`,
      [pointId],
    );
  }

  /** What the next point of a disk may build on: the newest complete one that is kept, and not known to be damaged. */
  async baseFor(disk: Disk, driver: string, target: string): Promise<Json | undefined> {
    const [newest] = await this.database.query<{ replica: Json }[]>(
      `select replica from point_disk where disk_kind = $1 and disk_id = $2 and driver = $3 and target = $4 and state = 'complete' and damaged_at is null
       order by requested_at desc limit 1`,
      [disk.kind, disk.id, driver, target],
    );
    return newest?.replica;
  }

  /** Without a complete point: what stands for the disk at the target was begun all the same, for the way back. */
  async isBegun(disk: Disk, driver: string, target: string): Promise<boolean> {
    const rows = await this.database.query<unknown[]>(
      `select 1 from point_disk where (disk_kind, disk_id, driver, target) = ($1, $2, $3, $4) and state = 'replicating' limit 1`,
      [disk.kind, disk.id, driver, target],
    );
    return rows.length > 0;
  }

  /** Intent: stored before a driver is asked for anything. */
  async begin(
    tx: EntityManager,
    { pointId, groupId, source, target, driver, disk, base }: Omit<PointDisk, 'replica' | 'root' | 'bytes'>,
  ): Promise<void> {
    await tx.query(
      `insert into point_disk (point_id, disk_kind, disk_id, group_id, source, target, driver, disk, base) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
       on conflict (point_id, disk_kind, disk_id) do nothing`,
      [
        pointId,
        disk.kind,
        disk.id,
        groupId,
        source,
        target,
        driver,
        JSON.stringify(disk),
        base === null ? null : JSON.stringify(base),
      ],
    );
  }

  async complete(
    tx: EntityManager,
    pointId: string,
    disk: Disk,
    done: {
      readonly replica: Json;
      readonly requestedAt: string;
      readonly completedAt: string;
      readonly bytes: number;
      readonly root?: string;
    },
  ): Promise<void> {
    await tx.query(
      `update point_disk set state = 'complete', replica = $4, requested_at = $5, completed_at = $6, bytes = $7, root = $8
       where point_id = $1 and disk_kind = $2 and disk_id = $3`,
      [
        pointId,
        disk.kind,
        disk.id,
        JSON.stringify(done.replica),
        done.requestedAt,
        done.completedAt,
        done.bytes,
        done.root ?? null,
      ],
    );
    await tx.query(
      `delete from distrusted_disk d using point_disk p
       where p.point_id = $1 and p.disk_kind = $2 and p.disk_id = $3 and (d.group_id, d.disk_id) = (p.group_id, p.disk_id) and d.since < p.created_at`,
      [pointId, disk.kind, disk.id],
    );
  }

  /** Nothing is built on it any more. */
  async damaged(
    tx: EntityManager,
    { pointId, disk, damage }: { readonly pointId: string; readonly disk: Disk; readonly damage: string },
  ): Promise<void> {
    await tx.query(
      `update point_disk set damaged_at = now(), damage = $4 where point_id = $1 and disk_kind = $2 and disk_id = $3`,
      [pointId, disk.kind, disk.id, damage],
    );
  }

  async hasDisk(groupId: string, diskId: string): Promise<boolean> {
    const known = await this.database.query<unknown[]>(
      `select 1 from point_disk where group_id = $1 and disk_id = $2 limit 1`,
      [groupId, diskId],
    );
    return known.length > 0;
  }

  /** From here on what stands for the disk at the target is not to be trusted. */
  async distrust(tx: EntityManager, groupId: string, diskId: string): Promise<void> {
    await tx.query(
      `insert into distrusted_disk (group_id, disk_id) values ($1, $2) on conflict (group_id, disk_id) do update set since = now()`,
      [groupId, diskId],
    );
  }

  /** Ids of the group's disks whose next point has to compare every byte. */
  async distrusted(groupId: string): Promise<ReadonlySet<string>> {
    const rows = await this.database.query<{ id: string }[]>(
      `select disk_id as id from distrusted_disk where group_id = $1`,
      [groupId],
    );
    return new Set(rows.map(({ id }) => id));
  }

  /** From here on no later point builds on it. */
  async discarding(tx: EntityManager, pointId: string): Promise<void> {
    await tx.query(`update point_disk set state = 'discarding' where point_id = $1`, [pointId]);
  }

  /** The disks of a point of which the target keeps, or is getting, another point by the same driver. */
  async withOthers(tx: EntityManager, pointId: string): Promise<ReadonlySet<string>> {
    const others: Pick<Disk, 'kind' | 'id'>[] = await tx.query(
      `select disk_kind as kind, disk_id as id from point_disk this where point_id = $1 and exists (
         select from point_disk other where other.point_id <> $1 and other.state <> 'discarding'
           and (other.disk_kind, other.disk_id, other.driver, other.target) = (this.disk_kind, this.disk_id, this.driver, this.target))`,
      [pointId],
    );
    return new Set(others.map(keyOf));
  }

  async forget(tx: EntityManager, pointId: string): Promise<void> {
    await tx.query(`delete from point_disk where point_id = $1`, [pointId]);
  }
}
