import { buryEnvelope, consume, ensureStreams, serve, subscriptions } from '@lifeboat/messaging';
import type { Bus, Subscription } from '@lifeboat/messaging';
import { forgetOldWork, queueDepth, relayOutbox, takeIn, takeOverDeadLeases } from '@lifeboat/persistence';
import type { Database as Store } from '@lifeboat/persistence';
import { setGauge } from '@lifeboat/telemetry';
import type { Logger } from '@lifeboat/telemetry';
import type { INestApplicationContext } from '@nestjs/common';
import type { z } from 'zod';
import { discover } from './discover.ts';
import type { Discovered } from './discover.ts';
import { Helper } from './help.ts';
import { accept } from './inbox.ts';
import { Database } from './injectables.ts';
import { loopFor, problemLog } from './loops.ts';
import type { ServiceOptions } from './service-options.ts';
import { runWork } from './work-runner.ts';

const CONCURRENCY = 32;
const DEPTH_MS = 5_000;
const HELP_MS = 1_000;
const FORGET_MS = 3_600_000;

export interface Surroundings {
  readonly bus: Bus;
  readonly store: Store | undefined;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

export interface Parts {
  /** Resolved when requests are answered. */
  readonly listening: Promise<void>;
  /** Everything that runs until the signal. */
  readonly running: readonly Promise<unknown>[];
}

type Options = ServiceOptions<z.ZodRawShape>;

/** Starts what the service's handlers ask for. */
export function startParts(options: Options, app: INestApplicationContext, around: Surroundings): Parts {
  const { log, signal, store } = around;
  const found = discover(options.providers, app);
  const listening = options.asksOnly ? Promise.resolve() : listen(options, found, around);
  return {
    listening,
    running: [
      ...found.loops.map(({ name, everyMs, call }) => loopFor(name, everyMs, call, log, signal)),
      ...(store ? work(options, found, { ...around, store }) : []),
      ...(options.main ? [listening.then(() => options.main?.(app, signal))] : []),
      new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true })),
    ],
  };
}

/** The way of a message: stream → work table → handler → outbox → stream. */
function work(
  options: Options,
  { handlers, reactor }: Discovered,
  { bus, store, log, signal }: Surroundings & { readonly store: Store },
): Promise<unknown>[] {
  const onProblem = problemLog(log, signal);
  const inbox: Subscription[] = [...(options.alsoReads ?? [])];
  if (handlers.size > 0) inbox.push(subscriptions.commands(options.context));
  if (reactor) inbox.push(subscriptions.events(options.name, reactor.filters));
  const { name: service, context } = options;
  const running = { service, context, store, handlers, reactor, bury: buryEnvelope.bind(undefined, bus), log, signal };
  const helper = new Helper(running);
  signal.addEventListener('abort', () => helper.end(), { once: true });
  return [
    ...inbox.map((subscription) =>
      consume(bus, subscription, (envelope) => takeIn(store, accept(handlers, envelope)), {
        concurrency: CONCURRENCY,
        signal,
        onProblem,
      }),
    ),
    takeOverDeadLeases(store)
      .catch((thrown: unknown) => onProblem('taking over the work of dead instances', thrown))
      .then(() => runWork(running)),
    loopFor('looking where to help', HELP_MS, () => helper.look(), log, signal),
    relayOutbox(store, (subject, envelope) => bus.publish(subject, envelope), signal, onProblem),
    loopFor('measuring the queues', DEPTH_MS, () => measure(service, store), log, signal),
    loopFor('forgetting old work', FORGET_MS, () => forgetOldWork(store), log, signal),
  ];
}

async function listen(options: Options, { requests }: Discovered, { bus, store, log }: Surroundings): Promise<void> {
  const database = store && new Database(store, options.name);
  const context = { transaction: database ? database.transaction.bind(database) : noDatabase };
  await bus.connection().then(ensureStreams);
  const subscribed = requests.map(({ request, handler }) =>
    serve(
      bus,
      request,
      (input) => handler.answer(input, context),
      (thrown) => log.error({ err: thrown }, `answering ${request.name}`),
    ),
  );
  await Promise.all(subscribed);
}

const noDatabase = (): Promise<never> => Promise.reject(new Error('this service keeps nothing'));

async function measure(service: string, store: Store): Promise<void> {
  const depth = await queueDepth(store);
  setGauge('lifeboat_queue_depth', depth.work, { service, queue: 'work' });
  setGauge('lifeboat_queue_depth', depth.outbox, { service, queue: 'outbox' });
}
