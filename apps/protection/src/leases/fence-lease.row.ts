import type { LeaseOfAgent, StoppedByAgent } from '@lifeboat/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The lease of a group that an agent holds, or held, at a site. */
@Entity({ name: 'fence_lease' })
export class FenceLeaseRow {
  @PrimaryColumn('text', { name: 'group_id' })
  groupId!: string;

  @PrimaryColumn('text')
  site!: string;

  @PrimaryColumn('text')
  agent!: string;

  /** The longest that the agent may have by now: what it was granted last, or still had when it asked for that. */
  @Column('integer', { name: 'ttl_seconds' })
  ttlSeconds!: number;

  @Column('timestamptz', { name: 'granted_at' })
  grantedAt!: Date;

  /** The process of this service that granted it: its clock alone tells how long ago that was. */
  @Column('text', { name: 'granted_by' })
  grantedBy!: string;

  /** Since then the agent has said that it has it on its disk. */
  @Column('timestamptz', { name: 'held_since', nullable: true })
  heldSince!: Date | null;

  /** That it was not renewed in its time was said. */
  @Column('boolean')
  missed!: boolean;

  /** As the agent tells. */
  @Column('timestamptz', { name: 'lost_at', nullable: true })
  lostAt!: Date | null;

  @Column('timestamptz', { name: 'fenced_at', nullable: true })
  fencedAt!: Date | null;

  @Column('jsonb')
  stopped!: StoppedByAgent[];
}

export const leaseOfAgent = (row: FenceLeaseRow): LeaseOfAgent => ({
  agent: row.agent,
  ttlSeconds: row.ttlSeconds,
  grantedAt: row.grantedAt.toISOString(),
  ...(row.heldSince && { heldSince: row.heldSince.toISOString() }),
  missed: row.missed,
  ...(row.lostAt && { lostAt: row.lostAt.toISOString() }),
  ...(row.fencedAt && { fencedAt: row.fencedAt.toISOString() }),
  stopped: row.stopped,
});
