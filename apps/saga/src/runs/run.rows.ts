import type { Envelope } from '@lifeboat/contracts';
import type { ErrorDetails } from '@lifeboat/kernel';
import type { SagaEvent } from '@lifeboat/saga-engine';
import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity({ name: 'run' })
export class RunRow {
  @PrimaryColumn('text', { name: 'run_id' })
  runId!: string;

  @Column('text')
  name!: string;

  /** A run finishes on the version it began with. */
  @Column('integer')
  version!: number;

  @Column('text')
  key!: string;

  @Column('text', { name: 'group_id' })
  groupId!: string;

  @Column('text')
  outcome!: string;

  @Column('boolean')
  ended!: boolean;

  @Column('timestamptz', { name: 'started_at' })
  startedAt!: Date;

  @Column('timestamptz', { name: 'ended_at', nullable: true })
  endedAt!: Date | null;

  /** When a time-out, a retry or the deadline is next. */
  @Column('timestamptz', { name: 'due_at', nullable: true })
  dueAt!: Date | null;

  @Column('jsonb', { nullable: true })
  error!: ErrorDetails | null;

  /** The trace that the run belongs to, from its request on. */
  @Column('text', { nullable: true })
  traceparent!: string | null;
}

@Entity({ name: 'run_event' })
export class RunEventRow {
  @PrimaryColumn('text', { name: 'run_id' })
  runId!: string;

  @PrimaryColumn('integer')
  seq!: number;

  @Column('jsonb')
  event!: SagaEvent;
}

/** A command that was sent and not answered; sent again until it is. */
@Entity({ name: 'pending_command' })
export class PendingCommandRow {
  @PrimaryColumn('text', { name: 'command_id' })
  commandId!: string;

  @Column('text', { name: 'run_id' })
  runId!: string;

  @Column('jsonb')
  envelope!: Envelope;

  @Column('integer')
  attempt!: number;

  @Column('timestamptz', { name: 'resend_at' })
  resendAt!: Date;
}
