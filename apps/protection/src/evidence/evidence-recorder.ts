import { evidenceDigest, ReadReceipt, ReadRun, RunEnded } from '@lifeboat/contracts';
import type { Envelope, EvidenceRecord, Receipt, RunDetail, RunKind } from '@lifeboat/contracts';
import { asLifeboatError } from '@lifeboat/kernel';
import { Asker, Database, Every, LOGGER } from '@lifeboat/service-kit';
import type { Logger } from '@lifeboat/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { runOfRequest } from '../approvals/run-of-request.ts';
import { RunRequestRow } from '../approvals/run-request.row.ts';
import { GroupRow } from '../groups/group.row.ts';
import { PolicyRow } from '../policies/policy.row.ts';
import { recordWhenAble } from './evidence-due.ts';
import { recordOf } from './record-of.ts';
import type { Wanted } from './record-of.ts';

const LOOK_MS = 1_000;
const AT_ONCE = 20;
/** Points are made all day, and what stands staged is brought in step with them: they are their own record. */
const RECORDED: ReadonlySet<RunKind> = new Set<RunKind>([
  'drill',
  'failover',
  'planned-failover',
  'failback',
  'quarantine',
  'reprotect',
  'cleanup',
  'switch-traffic',
]);
/** One writer at a time: a place in the chain is given once. */
const CHAIN_LOCK = 7_031_995;

/** Records every run that has ended, and every one that was refused or lapsed before it began. That one is to be recorded is stored with the news of its end; the record follows as soon as those who know it answer. */
@Injectable()
export class EvidenceRecorder {
  constructor(
    private readonly database: Database,
    private readonly asker: Asker,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  async hear({ data }: Envelope, tx: EntityManager): Promise<void> {
    const { runId, kind } = RunEnded.data.parse(data);
    if (!RECORDED.has(kind)) return;
    await recordWhenAble(tx, runId);
  }

  @Every(LOOK_MS)
  async record(): Promise<void> {
    const due = await this.database.query<{ runId: string }[]>(
      `select run_id as "runId" from evidence_due order by ended_at limit $1`,
      [AT_ONCE],
    );
    for (const { runId } of due)
      await this.recordOne(runId).catch((thrown: unknown) =>
        this.log.warn(
          { err: asLifeboatError(thrown), runId },
          'a run that ended is not recorded yet; it is tried again',
        ),
      );
  }

  private async recordOne(runId: string): Promise<void> {
    const { run, receipt } = await this.endOf(runId);
    await this.database.transaction(async (tx) => {
      await tx.query(`select pg_advisory_xact_lock($1)`, [CHAIN_LOCK]);
      await append(tx, runId, recordOf(run, receipt, await wantedOf(tx, run.groupId)));
      await tx.query(`delete from evidence_due where run_id = $1`, [runId]);
    });
  }

  private async endOf(runId: string): Promise<{ readonly run: RunDetail; readonly receipt: Receipt | undefined }> {
    const request = await this.database.transaction((tx) => tx.findOneBy(RunRequestRow, { runId }));
    const neverBegun = request && runOfRequest(request);
    if (neverBegun) return { run: neverBegun, receipt: undefined };
    const [{ run }, receipt] = await Promise.all([this.asker.ask(ReadRun, { runId }), this.receiptOf(runId)]);
    return { run, receipt };
  }

  /** A run that ended before anything was compared has none. */
  private async receiptOf(runId: string): Promise<Receipt | undefined> {
    try {
      return (await this.asker.ask(ReadReceipt, { runId })).receipt;
    } catch (thrown) {
      if (asLifeboatError(thrown).kind === 'not-found') return undefined;
      throw thrown;
    }
  }
}

/** As the policy is now: a group that is gone wants nothing. */
async function wantedOf(tx: EntityManager, groupId: string): Promise<Wanted> {
  const group = await tx.findOneBy(GroupRow, { groupId });
  const policy = group && (await tx.findOneBy(PolicyRow, { name: group.policy }));
  return { rpoSeconds: policy?.rpoSeconds || undefined, rtoSeconds: policy?.rtoSeconds ?? undefined };
}

/** Nothing where it is recorded already. */
async function append(tx: EntityManager, runId: string, found: EvidenceRecord): Promise<void> {
  const [last] = await tx.query<{ sequence: number; digest: string }[]>(
    `select sequence, digest from evidence order by sequence desc limit 1`,
  );
  // As it will be read back.
  const record = JSON.parse(JSON.stringify(found)) as EvidenceRecord;
  const recordedAt = new Date().toISOString();
  const open = { sequence: (last?.sequence ?? 0) + 1, recordedAt, record, before: last?.digest ?? '' };
  await tx.query(
    `insert into evidence (sequence, run_id, recorded_at, record, before, digest) values ($1, $2, $3, $4, $5, $6) on conflict (run_id) do nothing`,
    [open.sequence, runId, recordedAt, JSON.stringify(record), open.before, evidenceDigest(open)],
  );
}
