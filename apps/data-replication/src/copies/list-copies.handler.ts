import { ListCopies } from '@lifeboat/contracts';
import type { InputOf, OutputOf } from '@lifeboat/contracts';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { RequestHandler } from '@lifeboat/service-kit';
import { ChooseDrivers } from '../points/choose-drivers.ts';
import { Copies, copyOf } from './copies.ts';

@AnswersRequest(ListCopies)
export class ListCopiesHandler implements RequestHandler<typeof ListCopies> {
  constructor(
    private readonly copies: Copies,
    private readonly drivers: ChooseDrivers,
  ) {}

  async answer({ runId }: InputOf<typeof ListCopies>): Promise<OutputOf<typeof ListCopies>> {
    const rows = await this.copies.ofRun(runId);
    return {
      copies: rows.flatMap(({ disk, driver, made }) =>
        made ? [copyOf(disk, made, this.drivers.all.get(driver).can)] : [],
      ),
    };
  }
}
