import type {
  Approval,
  Bandwidth,
  BundlePolicy,
  CommitWindow,
  ConsistencyLevel,
  DrillSchedule,
  Joining,
  Policy,
  PolicyRules,
  PolicyView,
  Retention,
  Staging,
} from '@lifeboat/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { EntityManager } from 'typeorm';
import type { PolicyNow } from '../approvals/decisions.ts';

@Entity({ name: 'policy' })
export class PolicyRow {
  @PrimaryColumn('text')
  name!: string;

  @Column('integer', { name: 'rpo_seconds' })
  rpoSeconds!: number;

  @Column('integer', { name: 'keep_points' })
  keepPoints!: number;

  @Column('integer', { name: 'metadata_rpo_seconds', nullable: true })
  metadataRpoSeconds!: number | null;

  @Column('integer', { name: 'rto_seconds', nullable: true })
  rtoSeconds!: number | null;

  @Column('text')
  joining!: Joining;

  @Column('jsonb', { nullable: true })
  keep!: Retention | null;

  @Column('text', { nullable: true })
  consistency!: ConsistencyLevel | null;

  @Column('jsonb', { nullable: true })
  bandwidth!: Bandwidth[] | null;

  /** A failover commits at once without one. */
  @Column('jsonb', { name: 'commit_window', nullable: true })
  commitWindow!: CommitWindow | null;

  /** Runs that have to be approved; none without it. */
  @Column('jsonb', { nullable: true })
  approval!: Approval | null;

  /** Only when asked without it. */
  @Column('jsonb', { nullable: true })
  drills!: DrillSchedule | null;

  /** In place of the service's settings. */
  @Column('jsonb', { nullable: true })
  bundle!: BundlePolicy | null;

  /** Cold without it. */
  @Column('text', { nullable: true })
  staging!: Staging | null;

  @Column('jsonb')
  rules!: PolicyRules;

  @Column('text', { name: 'set_by', nullable: true })
  setBy!: string | null;

  @Column('timestamptz', { name: 'set_at', nullable: true })
  setAt!: Date | null;
}

export async function windowOf(tx: EntityManager, policy: string): Promise<CommitWindow | undefined> {
  return (await tx.findOneBy(PolicyRow, { name: policy }))?.commitWindow ?? undefined;
}

export async function policyNow(tx: EntityManager, name: string): Promise<PolicyNow> {
  const { setBy, setAt, approval } = (await tx.findOneBy(PolicyRow, { name })) ?? {};
  return {
    name,
    ...(setBy && { setBy }),
    ...(setAt && { setAt: setAt.toISOString() }),
    ...(approval && { approval }),
  };
}

/** A row has null for what is not said; a policy leaves it out. */
export const policyOf = ({ setAt, ...row }: PolicyRow): PolicyView => ({
  ...(Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as PolicyView),
  ...(setAt && { setAt: setAt.toISOString() }),
});

export const policyColumns = (policy: Policy, by: string | undefined): PolicyRow => ({
  ...policy,
  metadataRpoSeconds: policy.metadataRpoSeconds ?? null,
  rtoSeconds: policy.rtoSeconds ?? null,
  joining: policy.joining ?? 'automatic',
  keep: policy.keep ?? null,
  consistency: policy.consistency ?? null,
  bandwidth: policy.bandwidth ?? null,
  commitWindow: policy.commitWindow ?? null,
  approval: policy.approval ?? null,
  drills: policy.drills ?? null,
  bundle: policy.bundle ?? null,
  staging: policy.staging ?? null,
  setBy: by ?? null,
  setAt: new Date(),
});
