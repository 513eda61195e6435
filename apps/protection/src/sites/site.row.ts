import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity({ name: 'site' })
export class SiteRow {
  @PrimaryColumn('text')
  name!: string;

  @Column('text', { nullable: true })
  region!: string | null;

  @Column('text', { name: 'project_name', nullable: true })
  projectName!: string | null;

  @Column('boolean', { name: 'is_admin', nullable: true })
  isAdmin!: boolean | null;

  /** The last moment the site answered us: up to here nothing can have been lost. */
  @Column('timestamptz', { name: 'last_seen_at', nullable: true })
  lastSeenAt!: Date | null;

  @Column('text', { nullable: true })
  problem!: string | null;
}
