import { Column, Entity, PrimaryColumn } from 'typeorm';

/** How the last drill of a group went. */
@Entity({ name: 'group_drill' })
export class GroupDrillRow {
  @PrimaryColumn('text', { name: 'group_id' })
  groupId!: string;

  @Column('text', { name: 'run_id' })
  runId!: string;

  @Column('timestamptz', { name: 'begun_at' })
  begunAt!: Date;

  /** It ended, and did not go through. */
  @Column('timestamptz', { name: 'failed_at', nullable: true })
  failedAt!: Date | null;

  /** When the last one that went through had begun. */
  @Column('timestamptz', { name: 'proven_at', nullable: true })
  provenAt!: Date | null;
}
