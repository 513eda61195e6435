import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { freePort } from './servers.ts';
import { ServiceProcess } from './service-process.ts';

/** Every service of one Lifeboat instance, in the order they are listed to people. */
export const SERVICES = [
  'protection',
  'metadata-capture',
  'image-replication',
  'data-replication',
  'data-worker',
  'recovery-execution',
  'saga',
  'gateway',
] as const;
/** The bridge and the fence agent belong to a site, and are started where one is named. */
export type ServiceName = (typeof SERVICES)[number] | 'notification-bridge' | 'fence-agent';

const WITHOUT_DATABASE: ReadonlySet<ServiceName> = new Set(['data-worker', 'fence-agent']);

export interface StackOptions {
  /** Administrative URL of a PostgreSQL; the stack makes a database of its own there. */
  readonly databaseUrl: string;
  readonly natsUrl: string;
  readonly cloudsFile: string;
  /** Logs and traces go here. */
  readonly dir: string;
  readonly gatewayPort?: number;
  /** Spans are written to `<dir>/traces/<service>.jsonl`. */
  readonly traces?: boolean;
  /** Only these services; all by default. */
  readonly only?: readonly ServiceName[];
  /** More `LIFEBOAT_*` settings for all services. */
  readonly env?: Readonly<Record<string, string>>;
  /** And for one of them alone. */
  readonly envOf?: Readonly<Partial<Record<ServiceName, Readonly<Record<string, string>>>>>;
}

export interface Stack {
  readonly gatewayUrl: string;
  readonly databaseUrl: string;
  readonly tracesDir: string;
  process(name: ServiceName): ServiceProcess;
  /** One more process of a service beside the first, ready; ends with the stack. `env`: in place of `envOf`. */
  another(name: ServiceName, env?: Readonly<Record<string, string>>): Promise<ServiceProcess>;
  stop(): Promise<void>;
}

/** Starts every service as its own process, supervised; answers when all are ready. */
export async function startStack(options: StackOptions, say: (what: string) => void = () => undefined): Promise<Stack> {
  const [logs, tracesDir] = [join(options.dir, 'logs'), join(options.dir, 'traces')];
  mkdirSync(logs, { recursive: true });
  mkdirSync(tracesDir, { recursive: true });
  const databaseUrl = await ownDatabase(options.databaseUrl);
  const gatewayPort = options.gatewayPort ?? (await freePort());
  const secretKey = randomBytes(32).toString('hex');

  const made = async (name: ServiceName, logFile: string, own = options.envOf?.[name]): Promise<ServiceProcess> => {
    const healthPort = await freePort();
    const env = {
      LIFEBOAT_NATS_URL: options.natsUrl,
      LIFEBOAT_CLOUDS_FILE: options.cloudsFile,
      LIFEBOAT_SECRET_KEY: secretKey,
      LIFEBOAT_HEALTH_PORT: String(healthPort),
      LIFEBOAT_LOG_LEVEL: 'info',
      ...(!WITHOUT_DATABASE.has(name) && { LIFEBOAT_DATABASE_URL: databaseUrl }),
      ...(name === 'gateway' && { LIFEBOAT_GATEWAY_PORT: String(gatewayPort) }),
      ...(options.traces && { LIFEBOAT_TRACE_FILE: join(tracesDir, `${name}.jsonl`) }),
      ...options.env,
      ...own,
    };
    const readyUrl = `http://127.0.0.1:${healthPort}/readyz`;
    return new ServiceProcess({ name, script: `dist/programs/${name}.js`, env, logFile, readyUrl, restart: true });
  };
  const processes = new Map<ServiceName, ServiceProcess>();
  for (const name of options.only ?? SERVICES) processes.set(name, await made(name, join(logs, `${name}.log`)));
  const all = [...processes.values()];
  const stop = async (): Promise<void> => void (await Promise.all(all.map((process) => process.stop())));
  try {
    for (const process of all) process.start();
    await Promise.all(all.map((process) => process.ready().then(() => say(`${process.name} is ready`))));
  } catch (thrown) {
    await stop();
    throw thrown;
  }
  return {
    gatewayUrl: `http://127.0.0.1:${gatewayPort}`,
    databaseUrl,
    tracesDir,
    stop,
    process(name) {
      const process = processes.get(name);
      if (!process) throw new Error(`no service ${name}`);
      return process;
    },
    async another(name, env) {
      const process = await made(name, join(logs, `${name}-${all.length}.log`), env);
      all.push(process);
      process.start();
      await process.ready();
      return process;
    },
  };
}

async function ownDatabase(adminUrl: string): Promise<string> {
  const name = `lifeboat_${randomBytes(4).toString('hex')}`;
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return url.href;
}
