import type { Joining, PolicyRules } from '@lifeboat/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

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

  @Column('text')
  joining!: Joining;

  @Column('jsonb')
  rules!: PolicyRules;
}
