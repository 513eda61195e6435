import { LifeboatError } from '@lifeboat/kernel';

/** The LifeboatError that the work fails with. */
export async function refusalOf(work: Promise<unknown> | (() => unknown)): Promise<LifeboatError> {
  try {
    await (typeof work === 'function' ? work() : work);
  } catch (thrown) {
    if (thrown instanceof LifeboatError) return thrown;
    throw thrown;
  }
  throw new Error('nothing was refused');
}

/** Everything an error would put into a log: itself and its causes. */
export function allOf(error: unknown): string {
  if (!(error instanceof Error)) return JSON.stringify(error) ?? '';
  const data = error instanceof LifeboatError ? JSON.stringify(error) : '';
  return `${error.message} ${error.stack ?? ''} ${data} ${error.cause === undefined ? '' : allOf(error.cause)}`;
}
