import type { GroupState as State, Mappings, Members } from '@lifeboat/contracts';
import type { z } from 'zod';
import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity({ name: 'protection_group' })
export class GroupRow {
  @PrimaryColumn('text', { name: 'group_id' })
  groupId!: string;

  @Column('text')
  name!: string;

  @Column('text', { name: 'primary_site' })
  primary!: string;

  @Column('text', { name: 'recovery_site' })
  recovery!: string;

  @Column('text')
  policy!: string;

  @Column('jsonb')
  members!: Members;

  @Column('jsonb')
  mappings!: Mappings;

  @Column('text')
  state!: z.infer<typeof State>;

  /** The run that holds the group. */
  @Column('text', { name: 'held_by', nullable: true })
  heldBy!: string | null;

  /** What the holder does with it. */
  @Column('text', { name: 'held_for', nullable: true })
  heldFor!: string | null;

  /** Grows with every holder: a stale one is refused in the statement that would act. */
  @Column('integer', { name: 'fence_token' })
  fenceToken!: number;

  /** Since then no points are made by schedule. */
  @Column('timestamptz', { name: 'paused_at', nullable: true })
  pausedAt!: Date | null;

  @Column('text', { name: 'paused_for', nullable: true })
  pausedFor!: string | null;

  /** The re-protection that had disks turned round, until a point has taken what was made for that. */
  @Column('text', { name: 'reversed_by', nullable: true })
  reversedBy!: string | null;

  /** What was last said of its RPO. */
  @Column('boolean', { name: 'rpo_at_risk', default: false })
  rpoAtRisk!: boolean;
}
