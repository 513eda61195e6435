import { ReadLag } from '@lifeboat/contracts';
import type { InputOf, OutputOf } from '@lifeboat/contracts';
import { AnswersRequest, Database } from '@lifeboat/service-kit';
import type { RequestHandler } from '@lifeboat/service-kit';
import { judge } from './judge.ts';
import { readLags } from './lags.ts';
import type { LagRow } from './lags.ts';

@AnswersRequest(ReadLag)
export class ReadLagHandler implements RequestHandler<typeof ReadLag> {
  constructor(private readonly database: Database) {}

  async answer({ groupId }: InputOf<typeof ReadLag>): Promise<OutputOf<typeof ReadLag>> {
    const now = new Date();
    const rows = await readLags((sql, values) => this.database.query(sql, values), groupId);
    return { disks: rows.map((row) => shown(row, now)) };
  }
}

function shown(row: LagRow, now: Date): OutputOf<typeof ReadLag>['disks'][number] {
  const { diskKind, diskId, name, driver, target, seconds, bytes, measuredAt } = row;
  return {
    disk: { kind: diskKind, id: diskId },
    name,
    driver,
    target,
    ...(seconds !== null && { seconds }),
    ...(bytes !== null && { bytes }),
    ...judge(row, now),
    ...(measuredAt && { measuredAt: measuredAt.toISOString() }),
  };
}
