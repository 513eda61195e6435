import type { RequestDecision, RequestedKind } from '@lifeboat/contracts';
import { notFound } from '@lifeboat/kernel';
import { Column, Entity, IsNull, PrimaryColumn } from 'typeorm';
import type { EntityManager } from 'typeorm';
import type { ApprovableRequest } from './decisions.ts';

/** A run that somebody else has to approve before it begins, or had to. Kept, so that its id never begins another one. */
@Entity({ name: 'run_request' })
export class RunRequestRow {
  @PrimaryColumn('text', { name: 'run_id' })
  runId!: string;

  @Column('text', { name: 'group_id' })
  groupId!: string;

  @Column('text')
  kind!: RequestedKind;

  @Column('timestamptz', { name: 'asked_at' })
  askedAt!: Date;

  /** As it was asked for. */
  @Column('jsonb')
  input!: Readonly<Record<string, unknown>>;

  @Column('jsonb')
  request!: ApprovableRequest;

  /** PostgreSQL takes it out of `request`. */
  @Column({ type: 'text', nullable: true, insert: false, update: false })
  decided!: RequestDecision['how'] | null;
}

/** Those of a group that nobody has decided yet, oldest first. */
export const undecidedRequests = (tx: EntityManager, groupId: string): Promise<RunRequestRow[]> =>
  tx.find(RunRequestRow, { where: { groupId, decided: IsNull() }, order: { askedAt: 'ASC' } });

/** The row of a request, locked until the transaction ends. Whoever needs its group locks that afterwards. */
export async function lockedRequest(tx: EntityManager, runId: string): Promise<RunRequestRow> {
  const row = await tx.findOne(RunRequestRow, { where: { runId }, lock: { mode: 'pessimistic_write' } });
  if (row) return row;
  throw notFound('request-not-found', `No run "${runId}" was asked for that has to be approved.`, {
    mend: 'List those that await approval: "lifeboat run list".',
  });
}
