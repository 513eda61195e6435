import { ReadLedger, ReadReceipt } from '@lifeboat/contracts';
import type { InputOf, OutputOf, Receipt } from '@lifeboat/contracts';
import { notFound } from '@lifeboat/kernel';
import { AnswersRequest, Database } from '@lifeboat/service-kit';
import type { RequestHandler } from '@lifeboat/service-kit';
import { RecoveryRuns } from './recovery-runs.ts';
import { StoredLedger } from './stored-ledger.ts';

@AnswersRequest(ReadReceipt)
export class ReadReceiptHandler implements RequestHandler<typeof ReadReceipt> {
  constructor(private readonly database: Database) {}

  async answer({ runId }: InputOf<typeof ReadReceipt>): Promise<OutputOf<typeof ReadReceipt>> {
    const [row] = await this.database.query<{ content: Receipt }[]>(`select content from receipt where run_id = $1`, [
      runId,
    ]);
    if (!row)
      throw notFound('receipt-not-found', `Run ${runId} has no fidelity receipt.`, {
        mend: 'A failover or a drill writes it when it verifies the workload.',
      });
    return { receipt: row.content };
  }
}

@AnswersRequest(ReadLedger)
export class ReadLedgerHandler implements RequestHandler<typeof ReadLedger> {
  constructor(
    private readonly database: Database,
    private readonly runs: RecoveryRuns,
  ) {}

  async answer({ runId }: InputOf<typeof ReadLedger>): Promise<OutputOf<typeof ReadLedger>> {
    const input = await this.runs.input(runId);
    const entries = await new StoredLedger(this.database, runId).entries();
    return {
      ...(input && { target: input.target }),
      entries: entries.map(({ ref, state, targetId, how }) => ({
        kind: ref.kind,
        sourceId: ref.id,
        state,
        how: how ?? '',
        ...(targetId !== undefined && { targetId }),
      })),
    };
  }
}
