import type { CommandDef, Context, Envelope } from '@lifeboat/contracts';
import { bug } from '@lifeboat/kernel';
import type { Json, LifeboatError } from '@lifeboat/kernel';
import { claimWork, endWork, goOnLater, holdClaim, keepMemo } from '@lifeboat/persistence';
import type { Database as Store, WorkRow } from '@lifeboat/persistence';
import { inSpanOf, observe } from '@lifeboat/telemetry';
import type { Logger } from '@lifeboat/telemetry';
import { setTimeout as pause } from 'node:timers/promises';
import { answerOf } from './answer.ts';
import type { DecidingHandler, EventHandler, WorkContext, WorkHandler } from './handlers.ts';
import { holdLease } from './lease.ts';
import { outgoingOf } from './outgoing.ts';
import { failOrPostpone } from './work-failure.ts';

export type Handler =
  | { readonly how: 'decide'; readonly command: CommandDef; readonly handler: DecidingHandler<CommandDef> }
  | { readonly how: 'work'; readonly command: CommandDef; readonly handler: WorkHandler<CommandDef> }
  | { readonly how: 'react'; readonly handler: EventHandler };

export interface RunnerOptions {
  readonly service: string;
  readonly context: Context;
  readonly store: Store;
  readonly handlers: ReadonlyMap<string, Handler>;
  /** For every message that is no command. */
  readonly reactor: Handler | undefined;
  /** Keeps an event that is beyond handling, where it can be seen and replayed. */
  readonly bury: (envelope: Envelope, error: LifeboatError) => Promise<void>;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

const CONCURRENCY = 16;
/** For work of other instances; what this process takes in or postpones wakes the runner. */
const POLL_MS = 1_000;
const RETRY_MS = 250;

/** Runs what the work table holds until aborted: claims by lease, so that what a dead process had claimed is claimed again. */
export async function runWork(options: RunnerOptions): Promise<void> {
  const { store, signal, log } = options;
  const running = new Set<Promise<void>>();
  const start = (row: WorkRow): void => {
    const job: Promise<void> = runOne(row, options)
      .catch((thrown: unknown) =>
        log.warn({ err: thrown, work: row.id }, 'work was cut short; it goes on when its lease ends'),
      )
      .finally(() => {
        running.delete(job);
        store.wake.emit('work');
      });
    running.add(job);
  };
  while (!signal.aborted) {
    try {
      const rows = await claimWork(store, CONCURRENCY - running.size);
      for (const row of rows) start(row);
      if (rows.length === 0) await store.wake.wait('work', POLL_MS, signal);
    } catch (thrown) {
      log.warn({ err: thrown }, 'work cannot be claimed');
      await pause(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
  await Promise.allSettled(running);
}

async function runOne(row: WorkRow, options: RunnerOptions): Promise<void> {
  const handler = options.handlers.get(row.type) ?? options.reactor;
  const began = performance.now();
  // A decision holds its row by its transaction; long work has none, so its lease is renewed.
  const lease = handler?.how === 'work' ? holdLease(row, options) : undefined;
  const signal = lease?.signal ?? options.signal;
  try {
    await inSpanOf(row.envelope, `${options.service} ${row.type}`, () =>
      carryOut(row, handler, signal, options).catch((thrown: unknown) =>
        failOrPostpone(row, thrown, handler, signal, options),
      ),
    );
  } finally {
    lease?.end();
  }
  options.store.wake.emit('outbox');
  observe('lifeboat_handler_seconds', (performance.now() - began) / 1_000, { type: row.type });
}

async function carryOut(
  row: WorkRow,
  handler: Handler | undefined,
  signal: AbortSignal,
  options: RunnerOptions,
): Promise<void> {
  if (!handler) throw bug('no-handler', `There is no handler for ${row.type} any more.`);
  if (handler.how === 'decide') await decide(row, handler, options);
  else if (handler.how === 'react') await react(row, handler.handler, options);
  else await work(row, handler, signal, options);
}

async function decide(
  row: WorkRow,
  { command, handler }: Extract<Handler, { how: 'decide' }>,
  { store, service }: RunnerOptions,
): Promise<void> {
  await store.transaction(async (tx) => {
    await holdClaim(tx, row);
    const context = { ...outgoingOf(service, tx, row.envelope), message: row.envelope };
    const answer = await handler.decide(row.envelope.data, tx, context);
    await endWork(tx, row, 'done', answerOf(service, row.envelope, command.answer, answer));
  });
}

async function react(row: WorkRow, handler: EventHandler, { store, service }: RunnerOptions): Promise<void> {
  await store.transaction(async (tx) => {
    await holdClaim(tx, row);
    await handler.react(row.envelope, tx, { ...outgoingOf(service, tx, row.envelope), message: row.envelope });
    await endWork(tx, row, 'done', undefined);
  });
}

async function work(
  row: WorkRow,
  { command, handler }: Extract<Handler, { how: 'work' }>,
  signal: AbortSignal,
  { store, service }: RunnerOptions,
): Promise<void> {
  const context: WorkContext = {
    message: row.envelope,
    signal,
    saveMemo: (memo) => keepMemo(store, row, memo),
    transaction: async (fn) => {
      const result = await store.transaction(async (tx) => {
        const value = await fn(tx, outgoingOf(service, tx, row.envelope));
        // Last, not first: others lock what the handler locks before they touch this row, and both orders together would be a deadlock.
        await holdClaim(tx, row);
        return value;
      });
      store.wake.emit('outbox');
      return result;
    },
  };
  const outcome = await handler.work(row.envelope.data, row.memo ?? undefined, context);
  if ('again' in outcome) return goOnLater(store, row, outcome.again as Json, outcome.afterMs);
  await store.transaction((tx) =>
    endWork(tx, row, 'done', answerOf(service, row.envelope, command.answer, outcome.done)),
  );
}
