import { commandFailed } from '@lifeboat/contracts';
import type { CommandDef, Context, Envelope } from '@lifeboat/contracts';
import { asLifeboatError, deterministicId } from '@lifeboat/kernel';
import type { Json, LifeboatError } from '@lifeboat/kernel';
import { claimWork, endWork, keepMemo, LEASE_RENEW_MS, postpone, renewLease } from '@lifeboat/persistence';
import type { Database as Store, WorkRow } from '@lifeboat/persistence';
import { inSpanOf, observe } from '@lifeboat/telemetry';
import type { Logger } from '@lifeboat/telemetry';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { DecidingHandler, EventHandler, WorkContext, WorkHandler } from './handlers.ts';
import { envelopeOf, outgoingOf } from './outgoing.ts';

export type Handler =
  | { readonly how: 'decide'; readonly command: CommandDef; readonly handler: DecidingHandler<CommandDef> }
  | { readonly how: 'work'; readonly command: CommandDef; readonly handler: WorkHandler<CommandDef> }
  | { readonly how: 'react'; readonly handler: EventHandler };

export interface RunnerOptions {
  readonly service: string;
  readonly context: Context;
  readonly store: Store;
  readonly handlers: ReadonlyMap<string, Handler>;
  readonly reactor: Handler | undefined;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

const CONCURRENCY = 16;
const POLL_MS = 250;
const RETRY_MS = 250;
const GIVE_UP_AFTER_MS = 10 * 60_000;
const BACKOFF_MS = [200, 400, 800, 1_500, 3_000, 5_000, 10_000] as const;

/** Runs what the work table holds until aborted: claims by lease, so that what a dead process had claimed is claimed again. */
export async function runWork(options: RunnerOptions): Promise<void> {
  const { store, signal, log } = options;
  const running = new Set<Promise<void>>();
  while (!signal.aborted) {
    try {
      const rows = await claimWork(store, CONCURRENCY - running.size);
      for (const row of rows) {
        const job: Promise<void> = runOne(row, options)
          .catch((thrown: unknown) =>
            log.warn({ err: thrown, work: row.id }, 'work was cut short; it goes on when its lease ends'),
          )
          .finally(() => {
            running.delete(job);
            store.wake.emit('work');
          });
        running.add(job);
      }
      if (rows.length === 0 || running.size >= CONCURRENCY)
        await Promise.race([once(store.wake, 'work', { signal }), pause(POLL_MS, undefined, { signal })]).catch(
          () => undefined,
        );
    } catch (thrown) {
      log.warn({ err: thrown }, 'work cannot be claimed');
      await pause(RETRY_MS);
    }
  }
  await Promise.allSettled(running);
}

async function runOne(row: WorkRow, options: RunnerOptions): Promise<void> {
  const handler = options.handlers.get(row.type) ?? options.reactor;
  const began = performance.now();
  await inSpanOf(row.envelope, `${options.service} ${row.type}`, async () => {
    try {
      if (!handler) throw asLifeboatError(new Error(`no handler for ${row.type}`));
      if (handler.how === 'decide') await decide(row, handler, options);
      else if (handler.how === 'react') await react(row, handler.handler, options);
      else await work(row, handler, options);
    } catch (thrown) {
      await failOrPostpone(row, thrown, handler, options);
    }
  });
  options.store.wake.emit('outbox');
  observe('lifeboat_handler_seconds', (performance.now() - began) / 1_000, { type: row.type });
}

async function decide(
  row: WorkRow,
  { command, handler }: Extract<Handler, { how: 'decide' }>,
  { store, service }: RunnerOptions,
): Promise<void> {
  await store.transaction(async (tx) => {
    const answer = await handler.decide(row.envelope.data, tx, {
      ...outgoingOf(service, tx, row.envelope),
      message: row.envelope,
    });
    await endWork(tx, row.id, 'done', envelopeOf(service, command.answer, answer, answerIds(row.envelope)));
  });
}

async function react(row: WorkRow, handler: EventHandler, { store, service }: RunnerOptions): Promise<void> {
  await store.transaction(async (tx) => {
    await handler.react(row.envelope, tx, { ...outgoingOf(service, tx, row.envelope), message: row.envelope });
    await endWork(tx, row.id, 'done', undefined);
  });
}

async function work(
  row: WorkRow,
  { command, handler }: Extract<Handler, { how: 'work' }>,
  options: RunnerOptions,
): Promise<void> {
  const { store, service } = options;
  using lease = holdLease(row.id, options);
  const context: WorkContext = {
    message: row.envelope,
    signal: lease.signal,
    saveMemo: (memo) => keepMemo(store, row.id, memo, undefined),
    transaction: async (fn) => {
      const result = await store.transaction((tx) => fn(tx, outgoingOf(service, tx, row.envelope)));
      store.wake.emit('outbox');
      return result;
    },
  };
  const outcome = await handler.work(row.envelope.data, row.memo ?? undefined, context);
  if ('again' in outcome) return keepMemo(store, row.id, outcome.again as Json, outcome.afterMs);
  await store.transaction((tx) =>
    endWork(tx, row.id, 'done', envelopeOf(service, command.answer, outcome.done, answerIds(row.envelope))),
  );
}

/** Renews the lease while the handler runs; aborts the handler when it was lost or the service stops. */
function holdLease(id: string, { store, signal, log }: RunnerOptions): { readonly signal: AbortSignal } & Disposable {
  const lost = new AbortController();
  const timer = setInterval(() => {
    renewLease(store, id).then(
      (held) => !held && lost.abort(),
      (thrown: unknown) => log.warn({ err: thrown, work: id }, 'lease not renewed'),
    );
  }, LEASE_RENEW_MS);
  return { signal: AbortSignal.any([signal, lost.signal]), [Symbol.dispose]: () => clearInterval(timer) };
}

async function failOrPostpone(
  row: WorkRow,
  thrown: unknown,
  handler: Handler | undefined,
  options: RunnerOptions,
): Promise<void> {
  const { store, log, signal, service, context } = options;
  if (signal.aborted) throw thrown; // Stopping is no failure: the lease is given back and another instance goes on.
  const error = asLifeboatError(thrown);
  const limit = handler?.how === 'work' ? (handler.handler.giveUpAfterMs ?? GIVE_UP_AFTER_MS) : GIVE_UP_AFTER_MS;
  const inTime = Date.now() - row.firstAt.getTime() < limit;
  if ((error.retryable && inTime) || handler?.how === 'react') {
    log.warn({ err: error, work: row.id, type: row.type, failures: row.failures }, 'tried again later');
    return postpone(store, row.id, BACKOFF_MS[Math.min(row.failures, BACKOFF_MS.length - 1)] ?? RETRY_MS);
  }
  log[error.kind === 'bug' ? 'error' : 'warn']({ err: error, work: row.id, type: row.type }, 'command failed');
  const failure = envelopeOf(
    service,
    commandFailed(context),
    { command: row.type, error: plain(error) },
    answerIds(row.envelope),
  );
  await store.transaction((tx) => endWork(tx, row.id, 'failed', failure));
}

/** As it may travel: without `cause`, and without what JSON has no word for. */
const plain = (error: LifeboatError) =>
  JSON.parse(JSON.stringify(error)) as ReturnType<LifeboatError['toJSON']> & { data?: Record<string, unknown> };

const answerIds = (command: Envelope) => ({
  id: deterministicId(command.id, 'answer'),
  correlationId: command.correlationId,
  causationId: command.id,
});
