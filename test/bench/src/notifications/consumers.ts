import { PROJECT_ROOT, ServiceProcess } from '@lifeboat/testing';
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onCore } from './cores.ts';

/** Deliveries under way at each consumer: what the bridge asks for. */
export const PREFETCH = 2_000;
/** Peers are given batches, with which they are fastest. */
const BATCH = 500;
export const SITE = 'alpha';
const LISTENER_TOPIC = 'listener';
const CEILOMETER = '/usr/bin/ceilometer-agent-notification';
const EVENTS = 'event.sample';
const PYTHON = '/usr/bin/python3';

export interface Surroundings {
  /** Of the broker, with its password. */
  readonly amqpUrl: string;
  readonly natsUrl: string;
  readonly dir: string;
  readonly healthPort: number;
}

/** Something that empties a queue of notifications, alone on a core of its own while it runs. */
export interface Consumer {
  readonly name: string;
  readonly queue: string;
  /** What to install where it is not there. */
  readonly missing: string | undefined;
  /** Answers how to end it. */
  start(at: Surroundings): Promise<() => Promise<void>>;
  /** The queue that it fills. */
  readonly leaves?: string;
  /** How many it has handled so far, by what came of them: what it only threw away must not be taken for speed. Of the bridge JetStream tells. `waiting`: in a queue. */
  handled?(at: Surroundings, waiting: (queue: string) => Promise<number | undefined>): Promise<number>;
}

export const bridge: Consumer = {
  name: 'bridge',
  queue: `lifeboat-notifications-${SITE}`,
  missing: undefined,
  async start({ amqpUrl, natsUrl, dir, healthPort }) {
    const process = new ServiceProcess({
      name: 'notification-bridge',
      script: 'dist/programs/notification-bridge.js',
      env: {
        LIFEBOAT_NATS_URL: natsUrl,
        LIFEBOAT_HEALTH_PORT: String(healthPort),
        LIFEBOAT_SITE: SITE,
        LIFEBOAT_AMQP_URLS: amqpUrl,
      },
      logFile: join(dir, 'bridge.log'),
      readyUrl: `http://127.0.0.1:${healthPort}/readyz`,
      restart: false,
    });
    process.start();
    onCore('measured', process.pid);
    await process.ready();
    return () => process.stop();
  },
};

export const ceilometer: Consumer = {
  name: 'ceilometer-agent-notification',
  queue: 'notifications.info',
  leaves: EVENTS,
  missing: existsSync(CEILOMETER) ? undefined : 'apt-get install ceilometer-agent-notification',
  async start({ amqpUrl, dir }) {
    const home = join(dir, 'ceilometer');
    mkdirSync(home, { recursive: true });
    const pipeline = (what: string, publisher: string): string => {
      const path = join(home, `${what}.yaml`);
      const source = `sources: [{ name: all, ${what}: ["*"], sinks: [out] }]`;
      writeFileSync(path, `${source}\nsinks: [{ name: out, publishers: ["${publisher}"] }]\n`);
      return path;
    };
    const file = configuration(home, amqpUrl, {
      notification: {
        messaging_urls: osloUrl(amqpUrl),
        notification_control_exchanges: 'nova',
        batch_size: BATCH,
        batch_timeout: 1,
        workers: 1,
      },
      DEFAULT: {
        pipeline_cfg_file: pipeline('meters', `file://${home}/meters.log`),
        event_pipeline_cfg_file: pipeline('events', 'notifier://'),
      },
    });
    return peer([CEILOMETER, '--config-file', file], join(home, 'agent.log'));
  },
  /** It publishes an event of each, as the bridge does: at the same broker. */
  handled: async (_at, waiting) => (await waiting(EVENTS)) ?? 0,
};

export const listener: Consumer = {
  name: 'bare oslo.messaging listener',
  queue: `${LISTENER_TOPIC}.info`,
  missing: existsSync('/usr/lib/python3/dist-packages/oslo_messaging')
    ? undefined
    : 'apt-get install python3-oslo.messaging',
  async start({ amqpUrl, dir }) {
    const file = configuration(dir, amqpUrl, {});
    const script = join(PROJECT_ROOT, 'test/bench/src/notifications/listener.py');
    return peer([PYTHON, script, file, LISTENER_TOPIC, String(BATCH)], join(dir, 'listener.log'));
  },
  handled: async ({ dir }) =>
    linesOf(join(dir, 'listener.log')).reduce((sum, line) => sum + Number(/^handled (\d+)$/.exec(line)?.[1] ?? 0), 0),
};

const linesOf = (file: string): readonly string[] =>
  existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];

/** As a process group: ceilometer has its workers beside it. */
function peer(command: readonly string[], logFile: string): () => Promise<void> {
  const log = openSync(logFile, 'a');
  const child = spawn(command[0] ?? '', command.slice(1), { stdio: ['ignore', log, log], detached: true });
  closeSync(log);
  onCore('measured', child.pid);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return async () => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
    await ended;
  };
}

type Section = Readonly<Record<string, string | number>>;

function configuration(dir: string, amqpUrl: string, more: Readonly<Record<string, Section>>): string {
  const file = join(dir, 'oslo.conf');
  const sections: Readonly<Record<string, Section>> = {
    ...more,
    DEFAULT: { transport_url: osloUrl(amqpUrl), ...more['DEFAULT'] },
    oslo_messaging_rabbit: { rabbit_qos_prefetch_count: PREFETCH, amqp_durable_queues: 'true' },
  };
  const lines = Object.entries(sections).map(
    ([name, values]) =>
      `[${name}]\n${Object.entries(values)
        .map(([key, value]) => `${key} = ${value}\n`)
        .join('')}`,
  );
  writeFileSync(file, lines.join('\n'), { mode: 0o600 });
  return file;
}

/** The virtual host `/`. */
const osloUrl = (amqpUrl: string): string => `${amqpUrl.replace(/^amqp:/, 'rabbit:')}//`;
