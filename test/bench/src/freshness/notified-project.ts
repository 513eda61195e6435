import { LifeboatApi } from '@lifeboat/api-client';
import { newId } from '@lifeboat/kernel';
import { openCloud } from '@lifeboat/openstack-client';
import type { Cloud } from '@lifeboat/openstack-client';
import { createShop, OsloPublisher, startRabbitmq, startStack, until } from '@lifeboat/testing';
import type { Rabbitmq, Shop, SimulatedCloud, Stack } from '@lifeboat/testing';
import { connect } from 'amqplib';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { setTimeout as pause } from 'node:timers/promises';
import { cloudOf, cloudsFileOf, demoOf } from '../demo-cloud.ts';
import type { Made, Stored, Told } from './changes.ts';

const EXCHANGES = ['nova', 'neutron', 'cinder', 'glance'] as const;
const POLL_MS = 5;
const PATIENCE_MS = 60_000;
const SWEEP_NEVER_S = '86400';

interface Parts {
  readonly dir: string;
  readonly rabbitmq: Rabbitmq;
  readonly clouds: readonly SimulatedCloud[];
  readonly stack: Stack;
}

/** A project of a simulated cloud that Lifeboat watches as it would a real one: RabbitMQ, bridge, JetStream, metadata-capture, PostgreSQL. */
export class NotifiedProject {
  private readonly publisher: OsloPublisher;
  private readonly db: pg.Pool;

  private constructor(
    private readonly parts: Parts,
    readonly cloud: Cloud,
    readonly shop: Shop,
    readonly projectId: string,
  ) {
    this.publisher = new OsloPublisher(parts.rabbitmq.url);
    this.db = new pg.Pool({ connectionString: parts.stack.databaseUrl, max: 1 });
  }

  /** With the shop and so many servers beside it, once all of it is stored. */
  static async start(servers: number): Promise<NotifiedProject> {
    const { LIFEBOAT_DATABASE_URL: databaseUrl = '', LIFEBOAT_NATS_URL: natsUrl = '' } = process.env;
    const dir = mkdtempSync(join(tmpdir(), 'lifeboat-bench-'));
    const rabbitmq = await startRabbitmq();
    await layOut(rabbitmq.url);
    const clouds = [await cloudOf('alpha', dir), await cloudOf('beta', dir)] as const;
    const [alpha] = clouds;
    const cloud = openCloud(demoOf(alpha));
    const { projectId } = await cloud.whoAmI();
    await unlimited(alpha, projectId);
    const shop = await createShop(cloud);
    await alpha.control('POST', '/bulk', { servers });
    const stack = await startStack({
      databaseUrl,
      natsUrl,
      cloudsFile: cloudsFileOf(clouds, dir),
      dir,
      only: ['protection', 'metadata-capture', 'gateway', 'notification-bridge'],
      env: {
        LIFEBOAT_SITE: 'alpha',
        LIFEBOAT_AMQP_URLS: rabbitmq.url,
        LIFEBOAT_CAPTURE_SWEEP_SECONDS: SWEEP_NEVER_S,
      },
    });
    const project = new NotifiedProject({ dir, rabbitmq, clouds, stack }, cloud, shop, projectId);
    await project.watch();
    return project;
  }

  /** Resolves when RabbitMQ has them. */
  publish(told: readonly Told[]): Promise<void> {
    return this.publisher.publish(told.map(postingOf));
  }

  /** Publishes what is told of a change, and answers how long it took until that was stored. */
  async secondsUntilStored({ told, ref, stands }: Made): Promise<number> {
    const began = performance.now();
    await this.publish(told);
    while (!stands(await this.stored(ref))) {
      if (performance.now() - began > PATIENCE_MS) return Number.POSITIVE_INFINITY;
      await pause(POLL_MS);
    }
    return (performance.now() - began) / 1_000;
  }

  async stop(): Promise<void> {
    const { stack, clouds, rabbitmq, dir } = this.parts;
    await this.publisher.close();
    await stack.stop();
    await this.db.end();
    await this.cloud.close();
    await Promise.all([...clouds.map((cloud) => cloud.stop()), rabbitmq.stop()]);
    rmSync(dir, { recursive: true, force: true });
  }

  private async stored({ kind, id }: Made['ref']): Promise<Stored | undefined> {
    const { rows } = await this.db.query<{ content: Stored }>(
      `select v.content from capture.observation o join capture.entity_version v using (digest)
       where o.site = 'alpha' and o.kind = $1 and o.source_id = $2 and o.seen_until is null`,
      [kind, id],
    );
    return rows[0]?.content;
  }

  private async watch(): Promise<void> {
    const api = new LifeboatApi(this.parts.stack.gatewayUrl, { patienceMs: 20_000 });
    for (const site of ['alpha', 'beta']) await api.sites.put(site);
    const rules = { drivers: [], serverRoot: 'image' as const };
    await api.policies.put({ name: 'bench', rpoSeconds: 0, keepPoints: 1, rules });
    const ids = Object.values(this.shop.servers).map((id) => ({ kind: 'server', id }));
    await api.groups.put({
      groupId: 'bench',
      name: 'bench',
      primary: 'alpha',
      recovery: 'beta',
      policy: 'bench',
      members: { ids },
    });
    const swept = `select 1 from capture.watch where site = 'alpha' and swept_at is not null`;
    await until('the first sweep', async () => ((await this.db.query(swept)).rowCount === 1 ? true : undefined), {
      timeoutMs: PATIENCE_MS,
    });
  }
}

function postingOf({ exchange, eventType, payload }: Told) {
  const message = {
    message_id: newId(),
    publisher_id: `${exchange}.bench`,
    event_type: eventType,
    priority: 'INFO',
    timestamp: new Date().toISOString().replace('T', ' ').replace('Z', ''),
    payload,
  };
  const body = Buffer.from(JSON.stringify({ 'oslo.version': '2.0', 'oslo.message': JSON.stringify(message) }));
  return { exchange, routingKey: 'notifications.info', body };
}

/** A project of thousands of disks has quotas to match. */
async function unlimited({ admin }: SimulatedCloud, projectId: string): Promise<void> {
  const cloud = openCloud(admin);
  const none = (...what: readonly string[]) => Object.fromEntries(what.map((name) => [name, -1]));
  const compute = { quota_set: none('instances', 'cores', 'ram') };
  const volume = { quota_set: none('volumes', 'gigabytes', 'snapshots') };
  await cloud.compute.put(`/os-quota-sets/${projectId}`, compute);
  await cloud.volume.put(`/os-quota-sets/${projectId}`, volume);
  await cloud.close();
}

/** As the services do when they start. */
async function layOut(url: string): Promise<void> {
  const connection = await connect(url);
  const channel = await connection.createChannel();
  for (const exchange of EXCHANGES) await channel.assertExchange(exchange, 'topic', { durable: true });
  await connection.close();
}
