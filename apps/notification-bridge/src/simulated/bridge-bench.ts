import { Bus } from '@lifeboat/messaging';
import { freePort, OsloPublisher, ServiceProcess, startRabbitmq, startServers } from '@lifeboat/testing';
import type { Rabbitmq, Servers } from '@lifeboat/testing';
import { connect } from 'amqplib';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const SITE = 'alpha';
export const TOKEN = 'an-intake-token-of-more-than-32-characters';
const EXCHANGES = ['nova', 'neutron', 'cinder', 'glance', 'keystone', 'heat'] as const;
export const TELEMETRY = 'notifications.info';

/** A bridge as a process between a RabbitMQ and a nats-server of its own, at a site where telemetry listens already. */
export class BridgeBench {
  readonly bus: Bus;
  readonly publisher: OsloPublisher;

  private constructor(
    readonly rabbitmq: Rabbitmq,
    readonly servers: Servers,
    readonly bridge: ServiceProcess,
    private readonly intakeUrl: string,
    private readonly dir: string,
  ) {
    this.bus = new Bus(servers.natsUrl, 'bridge-bench');
    this.publisher = new OsloPublisher(rabbitmq.url);
  }

  static async start(): Promise<BridgeBench> {
    const [rabbitmq, servers] = await Promise.all([startRabbitmq(), startServers({ postgres: false })]);
    await layOut(rabbitmq.url);
    const dir = await mkdtemp(join(tmpdir(), 'lifeboat-bridge-'));
    const [health, intake] = [await freePort(), await freePort()];
    const bridge = new ServiceProcess({
      name: 'notification-bridge',
      script: 'dist/programs/notification-bridge.js',
      env: {
        LIFEBOAT_NATS_URL: servers.natsUrl,
        LIFEBOAT_HEALTH_PORT: String(health),
        LIFEBOAT_SITE: SITE,
        LIFEBOAT_AMQP_URLS: rabbitmq.url,
        LIFEBOAT_INTAKE_PORT: String(intake),
        LIFEBOAT_INTAKE_TOKEN: TOKEN,
      },
      logFile: join(dir, 'bridge.log'),
      readyUrl: `http://127.0.0.1:${health}/readyz`,
      restart: true,
    });
    bridge.start();
    await bridge.ready();
    return new BridgeBench(rabbitmq, servers, bridge, `http://127.0.0.1:${intake}/v1/notifications`, dir);
  }

  log(): Promise<string> {
    return readFile(join(this.dir, 'bridge.log'), 'utf8');
  }

  post(body: string, token = TOKEN): Promise<Response> {
    return fetch(this.intakeUrl, { method: 'POST', body, headers: { authorization: `Bearer ${token}` } });
  }

  async stop(): Promise<void> {
    await this.publisher.close();
    await this.bridge.stop();
    await this.bus.close();
    await Promise.all([this.rabbitmq.stop(), this.servers.stop()]);
    await rm(this.dir, { recursive: true, force: true });
  }
}

/** As services of a cloud and its telemetry declare them. */
async function layOut(url: string): Promise<void> {
  const connection = await connect(url);
  const channel = await connection.createChannel();
  await channel.assertQueue(TELEMETRY, { durable: true });
  for (const exchange of EXCHANGES) {
    await channel.assertExchange(exchange, 'topic', { durable: true });
    await channel.bindQueue(TELEMETRY, exchange, 'notifications.info');
  }
  await connection.close();
}
