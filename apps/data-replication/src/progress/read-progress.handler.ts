import { ReadProgress } from '@lifeboat/contracts';
import type { DiskProgress, InputOf, OutputOf } from '@lifeboat/contracts';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { RequestHandler } from '@lifeboat/service-kit';
import { Tasks } from '../tasks/tasks.ts';
import type { ProgressRow } from '../tasks/tasks.ts';

@AnswersRequest(ReadProgress)
export class ReadProgressHandler implements RequestHandler<typeof ReadProgress> {
  constructor(private readonly tasks: Tasks) {}

  async answer({ ownerId }: InputOf<typeof ReadProgress>): Promise<OutputOf<typeof ReadProgress>> {
    return { disks: (await this.tasks.progressOf(ownerId)).map(shown) };
  }
}

function shown({ request, state, bytes, progress, problem }: ProgressRow): DiskProgress {
  const { driver, verb, point } = request;
  const percent = state === 'done' ? 100 : progress === null ? undefined : Math.round(progress * 100);
  return {
    diskKind: point.disk.kind,
    diskId: point.disk.id,
    name: point.disk.name,
    driver,
    verb,
    state,
    bytes,
    ...(percent !== undefined && { percent }),
    ...(problem !== null && { problem }),
  };
}
