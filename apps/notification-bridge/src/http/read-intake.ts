import { readMessage } from '../reading/read-notification.ts';
import type { NameEntities, Read } from '../reading/read-notification.ts';
import { open } from '../reading/unpack.ts';
import { PROBLEMS, unreadable } from './intake-problem.ts';
import type { IntakeProblem } from './intake-problem.ts';

const MOST = 500;

/** A body of one notification or a list of them, all of it or nothing: the sender is told which is wrong, so there are no dead letters here. */
export function readIntake(body: Buffer, nameEntities: NameEntities): { changes: readonly Read[] } | IntakeProblem {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return unreadable('The body is no JSON in UTF-8.');
  }
  const outers: readonly unknown[] = Array.isArray(parsed) ? parsed : [parsed];
  if (outers.length === 0) return unreadable('The list holds no notification.');
  if (outers.length > MOST) return PROBLEMS.tooLarge;
  const changes: Read[] = [];
  for (const [index, outer] of outers.entries()) {
    const message = open(outer);
    const reading = typeof message === 'string' ? { poison: message } : readMessage(message, nameEntities);
    if ('poison' in reading) return unreadable(`Notification ${index}: ${reading.poison}`);
    changes.push(reading);
  }
  return { changes };
}
