import type { Disk, RunVerb } from '@lifeboat/contracts';
import { conflict, deterministicId, LifeboatError } from '@lifeboat/kernel';
import type { NewTask, Task } from './task.ts';

type Verb = RunVerb['verb'];

/** A command's verb for one disk. The id follows from the three, so that a command that is begun twice asks once. */
export function verbTask(commandId: string, ownerId: string, request: NewTask['request']): NewTask {
  const { disk } = request.point;
  return {
    id: deterministicId(commandId, request.verb, disk.kind, disk.id),
    commandId,
    ownerId,
    site: request.source ?? request.target,
    request,
  };
}

export const ofVerb = (tasks: readonly Task[], verb: Verb): readonly Task[] =>
  tasks.filter(({ request }) => request.verb === verb);

export const allDone = (tasks: readonly Task[]): boolean => tasks.every(({ state }) => state === 'done');

export const keyOf = (disk: Pick<Disk, 'kind' | 'id'>): string => `${disk.kind} ${disk.id}`;

/** In an order of their own, so that all of them agree on who is the first. */
export const togetherWith = (
  driver: string,
  points: readonly { readonly driver: string; readonly disk: Disk }[],
): Disk[] =>
  points
    .filter((one) => one.driver === driver)
    .map(({ disk }) => disk)
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));

/** The first failure, with the disk in its sentence: which of many it was. */
export function failureIn(tasks: readonly Task[]): LifeboatError | undefined {
  const failed = tasks.find(({ state }) => state === 'failed');
  if (!failed?.error)
    return tasks.some(({ state }) => state === 'cancelled')
      ? conflict('work-taken-back', 'What was asked for is being removed by a later command.')
      : undefined;
  const { disk } = failed.request.point;
  const { kind, code, message, mend, data } = failed.error;
  return new LifeboatError({
    // Waiting was tried already: for the command this failure is final.
    kind: kind === 'unavailable' || kind === 'timeout' ? 'external' : kind,
    code,
    retry: 'no',
    message: `${failed.request.verb} of ${disk.kind === 'volume' ? 'volume' : 'the root of server'} "${disk.name || disk.id}" by ${failed.request.driver}: ${message}`,
    ...(mend !== undefined && { mend }),
    ...(data !== undefined && { data }),
  });
}
