import { asLifeboatError } from '@lifeboat/kernel';
import { Bus, syncOf } from '@lifeboat/messaging';
import { Database as Store, releaseLeases } from '@lifeboat/persistence';
import { createLogger, flushSpans } from '@lifeboat/telemetry';
import type { Logger } from '@lifeboat/telemetry';
import { NestFactory } from '@nestjs/core';
import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import type { z } from 'zod';
import { startHealthServer } from './health-server.ts';
import { Asker, Database } from './injectables.ts';
import { problemLog } from './loops.ts';
import { startParts } from './service-parts.ts';
import type { Surroundings } from './service-parts.ts';
import { LOGGER, SETTINGS } from './service-options.ts';
import type { ServiceOptions } from './service-options.ts';
import { cloudsSettings, commonSettings, databaseSettings, readSettings, secretSettings } from './settings.ts';
import { Sites } from './sites.ts';

const EX_SOFTWARE = 70;
const EX_CONFIG = 78;
/** Handlers that do not heed their signal are left behind then; their leases are given back all the same. */
const STOP_WITHIN_MS = 4_000;

@Module({})
class ServiceModule {}

interface Settings extends Record<string, unknown> {
  readonly LIFEBOAT_NATS_URL: string;
  readonly LIFEBOAT_NATS_MONITOR_URL?: string | undefined;
  readonly LIFEBOAT_HEALTH_PORT: number;
  readonly LIFEBOAT_LOG_LEVEL: string;
}

/** Starts a service and runs it until SIGTERM or SIGINT. Lives without NATS and PostgreSQL: it waits for them and goes on when they are back. */
export async function runService<S extends z.ZodRawShape = Record<never, never>>(
  given: ServiceOptions<S>,
): Promise<void> {
  const options = given as ServiceOptions<z.ZodRawShape>;
  const settings = settingsOf(options);
  const log = createLogger(options.name, settings.LIFEBOAT_LOG_LEVEL);
  const stopping = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => stopping.abort());
  process.on('unhandledRejection', (thrown) =>
    log.error({ err: thrown }, 'unhandled rejection: a bug; the service goes on'),
  );
  const around: Surroundings = {
    bus: new Bus(settings.LIFEBOAT_NATS_URL, `lifeboat-${options.name}`),
    store: storeOf(options, settings),
    log,
    signal: stopping.signal,
  };
  try {
    await serveUntilStopped(options, settings, around);
  } catch (thrown) {
    if (!stopping.signal.aborted) {
      log.fatal({ err: thrown }, 'not started');
      process.exitCode = asLifeboatError(thrown).code === 'health-port-taken' ? EX_CONFIG : EX_SOFTWARE;
    }
  }
  await farewell(around);
  // A stray timer or socket must not keep a stopped service alive.
  process.exit();
}

async function serveUntilStopped(
  options: ServiceOptions<z.ZodRawShape>,
  settings: Settings,
  around: Surroundings,
): Promise<void> {
  const { bus, store, log, signal } = around;
  let ready = false;
  const server = await startHealthServer(settings.LIFEBOAT_HEALTH_PORT, () => {
    const parts = { nats: bus.connected, database: store?.connected ?? true };
    return { ready: ready && parts.nats && parts.database, parts };
  });
  const onProblem = problemLog(log, signal);
  try {
    await store?.open((thrown) => onProblem('waiting for PostgreSQL', thrown), signal);
    if (!options.asksOnly) await reach(bus, log, signal);
    const module = moduleOf(options, settings, around);
    const app = await NestFactory.createApplicationContext(module, { logger: ['error', 'warn'], abortOnError: false });
    const { listening, running } = startParts(options, app, around);
    await listening;
    ready = true;
    const rssMiB = Math.round(process.memoryUsage.rss() / 2 ** 20);
    // Since the process began, the loading of its modules with it.
    log.info({ ms: Math.round(performance.now()), rssMiB }, 'ready');
    void warnAboutSync(settings.LIFEBOAT_NATS_MONITOR_URL, log);
    await untilStopped(running, signal, log);
    ready = false;
    await app.close();
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

/** Everything runs until the signal; then it gets a moment to end. */
async function untilStopped(running: readonly Promise<unknown>[], signal: AbortSignal, log: Logger): Promise<void> {
  const ended = Promise.all(running).then(() => true);
  const late = new Promise<boolean>((resolve) =>
    signal.addEventListener('abort', () => setTimeout(resolve, STOP_WITHIN_MS, false), { once: true }),
  );
  if (!(await Promise.race([ended, late])))
    log.warn('not everything ended in time; it goes on where it was when this service, or another instance, starts');
}

async function reach(bus: Bus, log: Logger, signal: AbortSignal): Promise<void> {
  const patience = setTimeout(() => log.warn({ url: new URL(bus.url).host }, 'waiting for NATS'), 1_000);
  await bus.connection(signal).finally(() => clearTimeout(patience));
}

async function farewell({ bus, store }: Surroundings): Promise<void> {
  if (store?.connected) await releaseLeases(store).catch(() => undefined); // They run out by themselves.
  await Promise.allSettled([bus.close(), store?.close(), flushSpans()]);
}

const settingsOf = (options: ServiceOptions<z.ZodRawShape>): Settings =>
  readSettings(options.name, {
    ...commonSettings,
    ...(options.database && databaseSettings),
    ...(options.needs?.clouds && cloudsSettings),
    ...(options.needs?.secrets && secretSettings),
    ...options.settings,
  }) as Settings;

const storeOf = ({ database }: ServiceOptions<z.ZodRawShape>, settings: Settings): Store | undefined =>
  database &&
  new Store({
    url: settings['LIFEBOAT_DATABASE_URL'] as string,
    schema: database.schema,
    entities: [...database.entities] as [],
    migrations: database.migrations as [],
  });

function moduleOf(
  options: ServiceOptions<z.ZodRawShape>,
  settings: Settings,
  { bus, store, log }: Surroundings,
): DynamicModule {
  const clouds = settings['LIFEBOAT_CLOUDS_FILE'] as string;
  return {
    module: ServiceModule,
    providers: [
      { provide: SETTINGS, useValue: settings },
      { provide: LOGGER, useValue: log },
      { provide: Bus, useValue: bus },
      { provide: Asker, useValue: new Asker(bus) },
      ...(store ? [{ provide: Database, useValue: new Database(store, options.name) }] : []),
      ...(options.needs?.clouds ? [{ provide: Sites, useValue: new Sites(clouds, options.name, log) }] : []),
      ...options.providers,
    ],
  };
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
