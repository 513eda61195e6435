import { ExplainDisk } from '@lifeboat/contracts';
import type { InputOf, OutputOf } from '@lifeboat/contracts';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { RequestHandler } from '@lifeboat/service-kit';
import { ChooseDrivers } from './choose-drivers.ts';

@AnswersRequest(ExplainDisk)
export class ExplainDiskHandler implements RequestHandler<typeof ExplainDisk> {
  constructor(private readonly drivers: ChooseDrivers) {}

  async answer({ disk, rules, source, target }: InputOf<typeof ExplainDisk>): Promise<OutputOf<typeof ExplainDisk>> {
    const [choice] = await this.drivers.explain([disk], rules, source, target);
    return { ...(choice?.driver !== undefined && { driver: choice.driver }), reasons: [...(choice?.reasons ?? [])] };
  }
}
