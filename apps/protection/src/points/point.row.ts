import type { Consistency, ConsistencyLevel, DiskReplica, ImageReplica } from '@lifeboat/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

export type PointState = 'open' | 'sealed' | 'discarding' | 'discarded';

@Entity({ name: 'recovery_point' })
export class PointRow {
  @PrimaryColumn('text', { name: 'point_id' })
  pointId!: string;

  @Column('text', { name: 'group_id' })
  groupId!: string;

  @Column('text')
  state!: PointState;

  @Column('timestamptz', { name: 'opened_at' })
  openedAt!: Date;

  @Column('timestamptz', { name: 'requested_at', nullable: true })
  requestedAt!: Date | null;

  @Column('timestamptz', { name: 'sealed_at', nullable: true })
  sealedAt!: Date | null;

  @Column('jsonb', { nullable: true })
  consistency!: Consistency | null;

  /** What the policy wanted, where less was achieved. */
  @Column('text', { name: 'consistency_missed', nullable: true })
  consistencyMissed!: ConsistencyLevel | null;

  @Column('text', { nullable: true })
  metadata!: string | null;

  @Column('jsonb')
  images!: ImageReplica[];

  @Column('jsonb')
  disks!: DiskReplica[];

  /** What of it is gone or in error at the recovery site. */
  @Column('text', { nullable: true })
  damage!: string | null;

  /** The group is protected the other way round by now: nothing serves from it any more. */
  @Column('boolean', { default: false })
  former!: boolean;
}

/** A run that serves from a point keeps it. */
@Entity({ name: 'point_pin' })
export class PinRow {
  @PrimaryColumn('text', { name: 'run_id' })
  runId!: string;

  @Column('text', { name: 'point_id' })
  pointId!: string;

  @Column('text', { name: 'group_id' })
  groupId!: string;

  /** A drill's: it makes way for a real run, and ends with the drill. */
  @Column('boolean', { default: false })
  rehearsal!: boolean;
}
