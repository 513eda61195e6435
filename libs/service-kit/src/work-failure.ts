import { commandFailed } from '@lifeboat/contracts';
import { asLifeboatError } from '@lifeboat/kernel';
import type { LifeboatError } from '@lifeboat/kernel';
import { endWork, letGo, postpone } from '@lifeboat/persistence';
import type { WorkRow } from '@lifeboat/persistence';
import { answerOf } from './answer.ts';
import type { Handler, RunnerOptions } from './work-runner.ts';

const GIVE_UP_AFTER_MS = 10 * 60_000;
const BACKOFF_MS = [200, 400, 800, 1_500, 3_000, 5_000, 10_000] as const;

/** What becomes of work whose handler threw: nothing when it is no longer ours, another try while there is hope, else its end with the reason. */
export async function failOrPostpone(
  row: WorkRow,
  thrown: unknown,
  handler: Handler | undefined,
  held: AbortSignal,
  options: RunnerOptions,
): Promise<void> {
  const { store, log, signal } = options;
  if (signal.aborted) throw thrown; // Stopping is no failure: the lease is given back and another instance goes on.
  const error = asLifeboatError(thrown);
  const about = { err: error, work: row.id, type: row.type, failures: row.failures };
  if (held.aborted || error.code === 'work-claim-lost') {
    log.info(about, 'work was taken over, or has ended; what was left of it here is dropped');
    return letGo(store, row);
  }
  if (mayTryAgain(row, error, handler)) {
    log.warn(about, 'tried again later');
    return postpone(store, row, BACKOFF_MS[Math.min(row.failures, BACKOFF_MS.length - 1)] ?? GIVE_UP_AFTER_MS);
  }
  log[error.kind === 'bug' ? 'error' : 'warn'](about, handler?.how === 'react' ? 'event buried' : 'command failed');
  await end(row, error, handler, options);
}

/** Counted from the first failure since the last success, so that long work is as patient at its end as at its beginning. */
function mayTryAgain(row: WorkRow, error: LifeboatError, handler: Handler | undefined): boolean {
  const limit = (handler?.how === 'work' && handler.handler.giveUpAfterMs) || GIVE_UP_AFTER_MS;
  const inTime = Date.now() - (row.failingSince?.getTime() ?? Date.now()) < limit;
  // An event has no answer by which its failure could be told, so a mistake gets its time as well: it may be mended by a restart.
  return handler?.how === 'react' ? error.retryable || inTime : error.retryable && inTime;
}

async function end(
  row: WorkRow,
  error: LifeboatError,
  handler: Handler | undefined,
  { store, service, context, bury }: RunnerOptions,
): Promise<void> {
  if (handler?.how === 'react') {
    await bury(row.envelope, error);
    return store.transaction((tx) => endWork(tx, row, 'failed', undefined));
  }
  const failure = answerOf(service, row.envelope, commandFailed(context), { command: row.type, error: plain(error) });
  await store.transaction((tx) => endWork(tx, row, 'failed', failure));
}

/** As it may travel: without `cause`, and without what JSON has no word for. */
const plain = (error: LifeboatError) =>
  JSON.parse(JSON.stringify(error)) as ReturnType<LifeboatError['toJSON']> & { data?: Record<string, unknown> };
