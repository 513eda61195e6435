import { ListEvidence, ReadEvidence } from '@lifeboat/contracts';
import type { Evidence, InputOf, OutputOf } from '@lifeboat/contracts';
import { notFound } from '@lifeboat/kernel';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { RequestContext, RequestHandler } from '@lifeboat/service-kit';

/** Far below what one message may have: a record has the steps of one run. */
const PAGE = 20;

type Row = Omit<Evidence, 'recordedAt'> & { readonly recordedAt: Date };
const COLUMNS = `sequence, recorded_at as "recordedAt", record, before, digest`;
const viewOf = (row: Row): Evidence => ({ ...row, recordedAt: row.recordedAt.toISOString() });

@AnswersRequest(ReadEvidence)
export class ReadEvidenceHandler implements RequestHandler<typeof ReadEvidence> {
  async answer(
    { runId }: InputOf<typeof ReadEvidence>,
    context: RequestContext,
  ): Promise<OutputOf<typeof ReadEvidence>> {
    const [row] = await context.transaction((tx) =>
      tx.query<Row[]>(`select ${COLUMNS} from evidence where run_id = $1`, [runId]),
    );
    if (!row)
      throw notFound('evidence-not-found', `Nothing is recorded of run "${runId}".`, {
        mend: 'Runs are recorded when they have ended; points are not. List what is: "lifeboat evidence list".',
      });
    return { evidence: viewOf(row) };
  }
}

@AnswersRequest(ListEvidence)
export class ListEvidenceHandler implements RequestHandler<typeof ListEvidence> {
  async answer(
    { cursor }: InputOf<typeof ListEvidence>,
    context: RequestContext,
  ): Promise<OutputOf<typeof ListEvidence>> {
    const rows = await context.transaction((tx) =>
      tx.query<Row[]>(`select ${COLUMNS} from evidence where sequence > $1 order by sequence limit $2`, [
        cursor ?? 0,
        PAGE,
      ]),
    );
    const last = rows.length === PAGE ? rows.at(-1)?.sequence : undefined;
    return { evidence: rows.map(viewOf), ...(last !== undefined && { next: last }) };
  }
}
