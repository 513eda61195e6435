import { LifeboatApi } from '@lifeboat/api-client';
import { simulatedArena } from '@lifeboat/demo';
import type { SimulatedArena } from '@lifeboat/demo';
import { OsloPublisher, startRabbitmq, startServers, startStack, until } from '@lifeboat/testing';
import type { Posting, Rabbitmq, Servers, Stack } from '@lifeboat/testing';
import { connect } from 'amqplib';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { restarted, servicesOf } from '../killer.ts';
import type { Victims } from '../killer.ts';

const MIB = 1024 * 1024;
const EXCHANGE = 'cinder';
/** Longer than any soak: what is stored was told of (or found when a gap was closed, which is counted). */
const NO_SWEEP_S = '864000';
const PATIENCE_MS = 180_000;

/** One version of a volume as it is stored, in the order of time. */
export interface Version {
  readonly id: string;
  readonly name: string | null;
  readonly digest: string | null;
}

interface Parts {
  readonly dir: string;
  readonly servers: Servers;
  readonly rabbitmq: Rabbitmq;
  readonly arena: SimulatedArena;
  readonly stack: Stack;
  readonly publisher: OsloPublisher;
}

/** A simulated site whose notifications go all the way: RabbitMQ, bridge, JetStream, capture, PostgreSQL. */
export class NotifiedSite {
  private constructor(
    private readonly parts: Parts,
    readonly projectId: string,
    readonly volumes: readonly string[],
  ) {}

  static async start(volumes: number): Promise<NotifiedSite> {
    const dir = mkdtempSync(join(tmpdir(), 'lifeboat-soak-'));
    const [servers, rabbitmq] = await Promise.all([startServers(), startRabbitmq()]);
    const arena = await simulatedArena(dir, 'admin', { gibBytes: MIB, imageBytes: MIB / 4 });
    await declareExchange(rabbitmq.url);
    const stack = await startStack({
      databaseUrl: servers.databaseUrl,
      natsUrl: servers.natsUrl,
      cloudsFile: arena.cloudsFile,
      dir,
      only: ['protection', 'metadata-capture', 'gateway', 'notification-bridge'],
      env: {
        ...arena.env,
        LIFEBOAT_SITE: arena.primary,
        LIFEBOAT_AMQP_URLS: rabbitmq.url,
        LIFEBOAT_CAPTURE_SWEEP_SECONDS: NO_SWEEP_S,
      },
    });
    const { projectId } = await arena.primaryCloud.whoAmI();
    const ids: string[] = [];
    for (let n = 0; n < volumes; n++) {
      const body = { volume: { name: `volume ${n}`, size: 1 } };
      ids.push((await arena.primaryCloud.volume.post<{ volume: { id: string } }>('/volumes', body)).volume.id);
    }
    const publisher = new OsloPublisher(rabbitmq.url);
    const site = new NotifiedSite({ dir, servers, rabbitmq, arena, stack, publisher }, projectId, ids);
    await site.watch();
    return site;
  }

  get victims(): Victims {
    return {
      ...servicesOf(this.parts.stack, ['notification-bridge', 'metadata-capture']),
      postgres: restarted(this.parts.servers.postgres),
      nats: restarted(this.parts.servers.nats),
      rabbitmq: restarted(this.parts.rabbitmq),
    };
  }

  /** Resolves when RabbitMQ has them. */
  publish(bodies: readonly object[]): Promise<void> {
    return this.parts.publisher.publish(bodies.map(postingOf));
  }

  rename(id: string, name: string): Promise<unknown> {
    return this.parts.arena.primaryCloud.volume.put(`/volumes/${id}`, { volume: { name } });
  }

  async names(): Promise<ReadonlyMap<string, string>> {
    const names = new Map<string, string>();
    const listed = this.parts.arena.primaryCloud.volume.list<{ id: string; name: string }>(
      '/volumes/detail',
      'volumes',
    );
    for await (const { id, name } of listed) names.set(id, name);
    return names;
  }

  /** How many different volumes were marked dirty since the site is watched. */
  async flagged(): Promise<number> {
    const [row] = await this.query<{ n: string }>('select count(*) as n from soak.flagged');
    return Number(row?.n);
  }

  async dirty(): Promise<number> {
    const [row] = await this.query<{ n: string }>('select count(*) as n from capture.dirty where read_at is null');
    return Number(row?.n);
  }

  /** Gaps are closed by sweeps, which find what no notification told of. */
  async gaps(): Promise<number> {
    const [row] = await this.query<{ n: string }>('select count(*) as n from capture.gap');
    return Number(row?.n);
  }

  versions(): Promise<readonly Version[]> {
    return this.query<Version>(
      `select o.source_id as id, v.content->>'name' as name, o.digest from capture.observation o left join capture.entity_version v using (digest)
       where o.kind = 'volume' order by o.source_id, o.seen_from, o.id`,
    );
  }

  async stop(): Promise<void> {
    await this.parts.publisher.close();
    await this.parts.stack.stop();
    await this.parts.arena.close();
    await Promise.all([this.parts.servers.stop(), this.parts.rabbitmq.stop()]);
    rmSync(this.parts.dir, { recursive: true, force: true });
  }

  private async watch(): Promise<void> {
    const api = new LifeboatApi(this.parts.stack.gatewayUrl, { patienceMs: PATIENCE_MS });
    const { primary, recovery } = this.parts.arena;
    for (const site of [primary, recovery]) await api.sites.put(site);
    const rules = { drivers: [], serverRoot: 'image' as const };
    await api.policies.put({ name: 'p', rpoSeconds: 0, keepPoints: 1, rules });
    await api.groups.put({ groupId: 'g', name: 'g', primary, recovery, policy: 'p', members: { project: true } });
    const swept = `select 1 from capture.watch where swept_at is not null`;
    await until('the first sweep', async () => ((await this.query(swept)).length > 0 ? true : undefined));
    // Every flag that is set, in the transaction that sets it: capture itself forgets a flag once a sweep has seen more.
    await this.query('create schema soak');
    await this.query('create table soak.flagged (source_id text primary key)');
    await this.query(
      `create function soak.keep() returns trigger language plpgsql as $$
       begin insert into soak.flagged values (new.source_id) on conflict do nothing; return null; end $$`,
    );
    await this.query(
      `create trigger keep after insert or update on capture.dirty for each row when (new.kind = 'volume') execute function soak.keep()`,
    );
    await this.query('grant usage on schema soak to public');
    await this.query('grant insert, select on soak.flagged to public');
  }

  /** Asked again for as long as PostgreSQL is being killed. */
  private query<T extends object>(text: string): Promise<readonly T[]> {
    return until(
      'PostgreSQL to answer',
      async () => {
        const client = new pg.Client({ connectionString: this.parts.stack.databaseUrl });
        client.on('error', () => undefined);
        try {
          await client.connect();
          return (await client.query<T>(text)).rows;
        } catch (thrown) {
          if (thrown instanceof pg.DatabaseError && !thrown.code?.startsWith('57')) throw thrown;
          return undefined;
        } finally {
          await client.end().catch(() => undefined);
        }
      },
      { timeoutMs: PATIENCE_MS },
    );
  }
}

const postingOf = (message: object): Posting => ({
  exchange: EXCHANGE,
  routingKey: 'notifications.info',
  body: Buffer.from(JSON.stringify({ 'oslo.version': '2.0', 'oslo.message': JSON.stringify(message) })),
});

/** As Cinder does when it starts. */
async function declareExchange(url: string): Promise<void> {
  const connection = await connect(url);
  const channel = await connection.createChannel();
  await channel.assertExchange(EXCHANGE, 'topic', { durable: true });
  await connection.close();
}
