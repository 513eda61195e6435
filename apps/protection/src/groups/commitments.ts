import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { EntityManager } from 'typeorm';

/** A run that was committed: from then on the group served at `to`. */
@Entity({ name: 'commitment' })
export class CommitmentRow {
  @PrimaryColumn('text', { name: 'run_id' })
  runId!: string;

  @Column('text', { name: 'group_id' })
  groupId!: string;

  @Column('text', { name: 'from_site' })
  from!: string;

  @Column('text', { name: 'to_site' })
  to!: string;

  @Column('timestamptz', { name: 'committed_at' })
  committedAt!: Date;

  /** The site that was left knows nothing of it. */
  @Column('boolean', { default: false })
  unplanned!: boolean;

  /** The run that has quarantined it, or is about to. */
  @Column('text', { name: 'quarantined_by', nullable: true })
  quarantinedBy!: string | null;
}

/** The run by which the group serves where it does; none when it never was anywhere else. */
export async function lastCommitment(tx: EntityManager, groupId: string): Promise<CommitmentRow | undefined> {
  return (await tx.findOne(CommitmentRow, { where: { groupId }, order: { committedAt: 'DESC' } })) ?? undefined;
}

/** The site that the group was first protected at; none when it has never left it. */
export async function homeOf(tx: EntityManager, groupId: string): Promise<string | undefined> {
  return (await tx.findOne(CommitmentRow, { where: { groupId }, order: { committedAt: 'ASC' } }))?.from;
}
