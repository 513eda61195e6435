import { ListCopies } from '@lifeboat/contracts';
import type { InputOf, OutputOf } from '@lifeboat/contracts';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { RequestHandler } from '@lifeboat/service-kit';
import { Copies, copyOf } from './copies.ts';

@AnswersRequest(ListCopies)
export class ListCopiesHandler implements RequestHandler<typeof ListCopies> {
  constructor(private readonly copies: Copies) {}

  async answer({ runId }: InputOf<typeof ListCopies>): Promise<OutputOf<typeof ListCopies>> {
    const rows = await this.copies.ofRun(runId);
    return { copies: rows.flatMap(({ disk, made }) => (made ? [copyOf(disk, made)] : [])) };
  }
}
