import type { PlanDocument, PlanSummary } from '@lifeboat/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Covers } from './standing.ts';

export type Verified = NonNullable<PlanSummary['verified']> & { readonly covers: Covers };

@Entity({ name: 'plan' })
export class PlanRow {
  @PrimaryColumn('text')
  name!: string;

  @Column('text', { name: 'group_id' })
  groupId!: string;

  /** The newest. */
  @Column('integer')
  version!: number;

  /** When it was last, in which version, and what it covered then. */
  @Column('jsonb', { nullable: true })
  verified!: Verified | null;

  /** What it covers is other than it was then: what was said of it. */
  @Column('text', { nullable: true })
  drift!: string | null;
}

/** Never changed once it is there. */
@Entity({ name: 'plan_version' })
export class PlanVersionRow {
  @PrimaryColumn('text')
  name!: string;

  @PrimaryColumn('integer')
  version!: number;

  /** Of its group, when it was applied: its mappings are said from there. */
  @Column('text', { name: 'primary_site' })
  primary!: string;

  @Column('jsonb')
  document!: PlanDocument;

  @Column('text')
  text!: string;

  @Column('text')
  digest!: string;

  @Column('text', { name: 'applied_by' })
  appliedBy!: string;

  @Column('timestamptz', { name: 'applied_at' })
  appliedAt!: Date;
}

/** A drill under way, by the plan that it rehearses. */
@Entity({ name: 'plan_drill' })
export class PlanDrillRow {
  @PrimaryColumn('text', { name: 'run_id' })
  runId!: string;

  @Column('text')
  name!: string;

  @Column('integer')
  version!: number;

  @Column('jsonb')
  covers!: Covers;
}
