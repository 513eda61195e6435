import type { Finding, Staged } from '@lifeboat/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What is kept staged of a group, where, and how the last run went that was to bring it in step. */
@Entity({ name: 'group_stage' })
export class GroupStageRow {
  @PrimaryColumn('text', { name: 'group_id' })
  groupId!: string;

  @Column('text')
  site!: string;

  @Column('text', { name: 'run_id' })
  runId!: string;

  @Column('text', { name: 'point_id' })
  pointId!: string;

  /** With what it was to be in step: another point or mapping, or a run that has held the group since, is another. */
  @Column('text')
  what!: string;

  @Column('timestamptz', { name: 'begun_at' })
  begunAt!: Date;

  @Column('timestamptz', { name: 'ended_at', nullable: true })
  endedAt!: Date | null;

  /** Since then something stands there. */
  @Column('timestamptz', { nullable: true })
  since!: Date | null;

  @Column('jsonb', { name: 'in_step', nullable: true })
  inStep!: (Staged & { readonly at: string; readonly pointId: string }) | null;

  /** Why it is not in step. */
  @Column('jsonb', { nullable: true })
  problem!: Finding | null;
}
