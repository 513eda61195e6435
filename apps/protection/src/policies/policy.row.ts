import type { PolicyRules } from '@lifeboat/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity({ name: 'policy' })
export class PolicyRow {
  @PrimaryColumn('text')
  name!: string;

  @Column('integer', { name: 'rpo_seconds' })
  rpoSeconds!: number;

  @Column('integer', { name: 'keep_points' })
  keepPoints!: number;

  @Column('jsonb')
  rules!: PolicyRules;
}
