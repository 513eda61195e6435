import { CompileCalls } from '@lifeboat/contracts';
import type { InputOf, OutputOf } from '@lifeboat/contracts';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { RequestHandler } from '@lifeboat/service-kit';
import { CompilePoint } from './compile-point.ts';

/** Without user data, which travels in no message. */
@AnswersRequest(CompileCalls)
export class CompileCallsHandler implements RequestHandler<typeof CompileCalls> {
  constructor(private readonly points: CompilePoint) {}

  async answer(input: InputOf<typeof CompileCalls>): Promise<OutputOf<typeof CompileCalls>> {
    const { script } = await this.points.compile({ ...input, withoutUserData: true });
    return { script: JSON.parse(JSON.stringify(script)) as OutputOf<typeof CompileCalls>['script'] };
  }
}
