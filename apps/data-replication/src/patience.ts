import type { Envelope } from '@lifeboat/contracts';
import { external, LifeboatError } from '@lifeboat/kernel';

/** Carrying disks takes what it takes; what ends it are the verbs, which give up by themselves. */
export const NEVER_GIVE_UP_MS = 30 * 24 * 3_600_000;

const PATIENCE_MS = 60_000;

/** What must be known before anything is made is not waited for for ever: a site that does not answer is said to the asker. */
export async function soon<T>(message: Envelope, look: () => Promise<T>): Promise<T> {
  try {
    return await look();
  } catch (thrown) {
    if (
      !(thrown instanceof LifeboatError) ||
      !thrown.retryable ||
      thrown.code === 'database-away' ||
      Date.now() - Date.parse(message.time) < PATIENCE_MS
    )
      throw thrown;
    throw external(thrown.code, thrown.message, {
      retry: 'no',
      ...(thrown.mend !== undefined && { mend: thrown.mend }),
      data: thrown.data,
      cause: thrown,
    });
  }
}
