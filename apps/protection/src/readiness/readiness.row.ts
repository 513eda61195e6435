import type { Finding, Forecast } from '@lifeboat/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What was found last; made anew by the next look. */
@Entity({ name: 'readiness' })
export class ReadinessRow {
  @PrimaryColumn('text', { name: 'group_id' })
  groupId!: string;

  @Column('timestamptz', { name: 'checked_at' })
  checkedAt!: Date;

  @Column('text', { name: 'point_id', nullable: true })
  pointId!: string | null;

  @Column('integer')
  score!: number;

  @Column('jsonb')
  blockers!: Finding[];

  @Column('jsonb')
  warnings!: Finding[];

  @Column('jsonb', { nullable: true })
  forecast!: Forecast | null;
}
