import type { Context } from '@lifeboat/contracts';
import { Bus, consume, ensureStreams, serve, subscriptions, syncOf } from '@lifeboat/messaging';
import type { Subscription } from '@lifeboat/messaging';
import {
  Database as Store,
  forgetOldWork,
  queueDepth,
  relayOutbox,
  releaseLeases,
  takeIn,
  takeOverDeadLeases,
} from '@lifeboat/persistence';
import { createLogger, setGauge } from '@lifeboat/telemetry';
import type { Logger } from '@lifeboat/telemetry';
import { NestFactory } from '@nestjs/core';
import { Module } from '@nestjs/common';
import type { DynamicModule, INestApplicationContext, Provider, Type } from '@nestjs/common';
import { setTimeout as pause } from 'node:timers/promises';
import type { z } from 'zod';
import { discover } from './discover.ts';
import type { Health } from './health-server.ts';
import { startHealthServer } from './health-server.ts';
import { Asker, Database } from './injectables.ts';
import { cloudsSettings, commonSettings, databaseSettings, readSettings, secretSettings } from './settings.ts';
import { Sites } from './sites.ts';
import { runWork } from './work-runner.ts';

/** Settings as they were validated at start; inject with `@Inject(SETTINGS)`. */
export const SETTINGS = Symbol('lifeboat-settings');
/** The service's logger; inject with `@Inject(LOGGER)`. */
export const LOGGER = Symbol('lifeboat-logger');

export interface ServiceOptions<S extends z.ZodRawShape> {
  readonly name: string;
  readonly context: Context;
  /** The service's schema; absent for services that keep nothing. */
  readonly database?: {
    readonly schema: string;
    readonly entities: readonly Type[];
    readonly migrations: readonly Type[];
  };
  readonly needs?: { readonly clouds?: boolean; readonly secrets?: boolean };
  readonly settings?: S;
  /** Handlers and what they need: the table of contents of the service. */
  readonly providers: readonly Provider[];
  /** More streams whose messages are taken in like commands, e.g. a site's answers. */
  readonly alsoReads?: readonly Subscription[];
  /** Started when everything else runs, ended by the signal: an HTTP server, a consumer of its own. */
  readonly main?: (app: INestApplicationContext, signal: AbortSignal) => Promise<void>;
}

const EX_SOFTWARE = 70;
const CONCURRENCY = 32;
const HOUSEKEEPING_MS = 5_000;
const LOOP_RETRY_MS = 1_000;

@Module({})
class ServiceModule {}

/** Starts a service and runs it until SIGTERM or SIGINT. Lives without NATS and PostgreSQL: it waits for them and goes on when they are back. */
export async function runService<S extends z.ZodRawShape = Record<never, never>>(
  options: ServiceOptions<S>,
): Promise<void> {
  const began = performance.now();
  const settings = readSettings(options.name, {
    ...commonSettings,
    ...(options.database && databaseSettings),
    ...(options.needs?.clouds && cloudsSettings),
    ...(options.needs?.secrets && secretSettings),
    ...options.settings,
  }) as Record<string, unknown> & {
    LIFEBOAT_NATS_URL: string;
    LIFEBOAT_HEALTH_PORT: number;
    LIFEBOAT_LOG_LEVEL: string;
  };
  const log = createLogger(options.name, settings.LIFEBOAT_LOG_LEVEL);
  const stopping = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => stopping.abort());
  process.on('unhandledRejection', (thrown) =>
    log.error({ err: thrown }, 'unhandled rejection: a bug; the service goes on'),
  );

  const bus = new Bus(settings.LIFEBOAT_NATS_URL, `lifeboat-${options.name}`);
  const store =
    options.database &&
    new Store({
      url: settings['LIFEBOAT_DATABASE_URL'] as string,
      schema: options.database.schema,
      entities: [...options.database.entities] as [],
      migrations: options.database.migrations as [],
    });
  let ready = false;
  const health = (): Health => ({
    ready: ready && bus.connected && (store?.connected ?? true),
    parts: { nats: bus.connected, database: store?.connected ?? true },
  });
  const server = await startHealthServer(settings.LIFEBOAT_HEALTH_PORT, health);
  try {
    await store?.open((thrown) => log.warn({ err: thrown }, 'waiting for PostgreSQL'));
    await bus.connection();
    const app = await NestFactory.createApplicationContext(moduleOf(options, settings, log, bus, store), {
      logger: ['error', 'warn'],
      abortOnError: false,
    });
    const running = startParts(options, app, bus, store, log, stopping.signal);
    await running.listening;
    ready = true;
    log.info(
      { ms: Math.round(performance.now() - began), rssMiB: Math.round(process.memoryUsage.rss() / 2 ** 20) },
      'ready',
    );
    void warnAboutSync(settings['LIFEBOAT_NATS_MONITOR_URL'] as string | undefined, log);
    await Promise.all(running.parts);
    await app.close();
  } catch (thrown) {
    log.fatal({ err: thrown }, 'not started');
    process.exitCode = EX_SOFTWARE;
  } finally {
    server.close();
    server.closeAllConnections();
    await bus.close();
    if (store)
      await releaseLeases(store)
        .catch(() => undefined)
        .finally(() => store.close());
    // The last spans and log lines are written by then; a stray timer must not keep a stopped service alive.
    setTimeout(() => process.exit(), 300).unref();
  }
}

function moduleOf<S extends z.ZodRawShape>(
  options: ServiceOptions<S>,
  settings: Record<string, unknown>,
  log: Logger,
  bus: Bus,
  store: Store | undefined,
): DynamicModule {
  return {
    module: ServiceModule,
    providers: [
      { provide: SETTINGS, useValue: settings },
      { provide: LOGGER, useValue: log },
      { provide: Bus, useValue: bus },
      { provide: Asker, useValue: new Asker(bus) },
      ...(store ? [{ provide: Database, useValue: new Database(store, options.name) }] : []),
      ...(options.needs?.clouds
        ? [{ provide: Sites, useValue: new Sites(settings['LIFEBOAT_CLOUDS_FILE'] as string, options.name) }]
        : []),
      ...options.providers,
    ],
  };
}

interface Parts {
  /** Resolved when requests are answered. */
  readonly listening: Promise<unknown>;
  readonly parts: readonly Promise<unknown>[];
}

function startParts<S extends z.ZodRawShape>(
  options: ServiceOptions<S>,
  app: INestApplicationContext,
  bus: Bus,
  store: Store | undefined,
  log: Logger,
  signal: AbortSignal,
): Parts {
  const { handlers, requests, reactors, loops } = discover(options.providers, app);
  const problem = (what: string, thrown: unknown): void => void (signal.aborted || log.warn({ err: thrown }, what));
  const parts: Promise<unknown>[] = loops.map(({ name, everyMs, call }) => loopFor(name, everyMs, call, log, signal));
  const inbox: Subscription[] = [...(options.alsoReads ?? [])];
  if (handlers.size > 0) inbox.push(subscriptions.commands(options.context));
  for (const { filters } of reactors) inbox.push(subscriptions.events(options.name, filters));
  if (store) {
    for (const subscription of inbox)
      parts.push(
        consume(bus, subscription, (envelope) => takeIn(store, envelope), {
          concurrency: CONCURRENCY,
          signal,
          onProblem: problem,
        }),
      );
    const reactor = reactors[0] && { how: 'react' as const, handler: reactors[0].handler };
    parts.push(
      takeOverDeadLeases(store)
        .catch((thrown: unknown) => problem('taking over leases', thrown))
        .then(() =>
          runWork({ service: options.name, context: options.context, store, handlers, reactor, log, signal }),
        ),
      relayOutbox(store, (subject, envelope) => bus.publish(subject, envelope), signal, problem),
      loopFor('housekeeping', HOUSEKEEPING_MS, () => housekeeping(options.name, store), log, signal),
    );
  }
  const database = store && new Database(store, options.name);
  const context = { transaction: database ? database.transaction.bind(database) : noDatabase };
  const listening = Promise.all([
    bus.connection().then(ensureStreams),
    ...requests.map(({ request, handler }) =>
      serve(
        bus,
        request,
        (input) => handler.answer(input, context),
        (thrown) => log.error({ err: thrown }, `answering ${request.name}`),
      ),
    ),
  ]).then(() => undefined);
  if (options.main) parts.push(listening.then(() => options.main?.(app, signal)));
  parts.push(new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true })));
  return { listening, parts };
}

const noDatabase = (): Promise<never> => Promise.reject(new Error('this service keeps nothing'));

async function housekeeping(service: string, store: Store): Promise<void> {
  const depth = await queueDepth(store);
  setGauge('lifeboat_queue_depth', depth.work, { service, queue: 'work' });
  setGauge('lifeboat_queue_depth', depth.outbox, { service, queue: 'outbox' });
  await forgetOldWork(store);
}

async function loopFor(
  name: string,
  everyMs: number,
  call: () => Promise<void>,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    let wait = everyMs;
    try {
      await call();
    } catch (thrown) {
      if (!signal.aborted) log.warn({ err: thrown }, `${name} failed; it is tried again`);
      wait = Math.max(everyMs, LOOP_RETRY_MS);
    }
    await pause(wait, undefined, { signal }).catch(() => undefined);
  }
}

async function warnAboutSync(monitorUrl: string | undefined, log: Logger): Promise<void> {
  const sync = await syncOf(monitorUrl);
  if (sync === 'not-always')
    log.warn(
      'nats-server does not run "sync_interval: always": it loses acknowledged messages in a power cut. Nothing is lost for good (PostgreSQL sends them again), but runs are delayed.',
    );
  if (sync === 'unknown')
    log.info(
      'whether nats-server runs "sync_interval: always" could not be checked; set LIFEBOAT_NATS_MONITOR_URL to have it checked',
    );
}
