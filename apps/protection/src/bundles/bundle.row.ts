import type { Bundle, Finding } from '@lifeboat/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity({ name: 'bundle' })
export class BundleRow {
  @PrimaryColumn('text', { name: 'group_id' })
  groupId!: string;

  @PrimaryColumn('text')
  place!: string;

  @PrimaryColumn('text')
  name!: string;

  @Column('timestamptz', { name: 'made_at' })
  madeAt!: Date;

  @Column('jsonb')
  content!: Bundle;
}

/** The last one that was made by itself, or was to be. */
@Entity({ name: 'bundle_try' })
export class BundleTryRow {
  @PrimaryColumn('text', { name: 'group_id' })
  groupId!: string;

  /** Of which point, by which version of which plan, and where. */
  @Column('text')
  what!: string;

  @Column('text', { name: 'point_id' })
  pointId!: string;

  @Column('timestamptz', { name: 'tried_at' })
  triedAt!: Date;

  /** Why there is none. */
  @Column('jsonb', { nullable: true })
  problem!: Finding | null;
}
