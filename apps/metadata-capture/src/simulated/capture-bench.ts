import { LifeboatApi } from '@lifeboat/api-client';
import { CaptureGroup, SiteChanged } from '@lifeboat/contracts';
import type { Envelope } from '@lifeboat/contracts';
import { newId } from '@lifeboat/kernel';
import { Bus, consume, subscriptions } from '@lifeboat/messaging';
import type { Cloud } from '@lifeboat/openstack-client';
import { startSimulator } from '@lifeboat/openstack-simulator';
import type { Simulator } from '@lifeboat/openstack-simulator';
import type { Shop, Stack } from '@lifeboat/testing';
import { createShop, openSimulated, startStack, until } from '@lifeboat/testing';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startServers } from '../../../../tools/setup/servers.mjs';
import type { Servers } from '../../../../tools/setup/servers.mjs';

export interface Ref {
  readonly kind: string;
  readonly id: string;
}

interface Parts {
  readonly dir: string;
  readonly servers: Servers;
  readonly stack: Stack;
  readonly simulators: readonly [Simulator, Simulator];
  readonly cloud: Cloud;
  readonly shop: Shop;
  readonly projectId: string;
}

/** Sees user data, as no member does. */
const ADMIN = { username: 'admin', project: 'demo' };

/** metadata-capture, protection and the gateway as processes, a simulated primary with a workload, on servers of their own. */
export class CaptureBench {
  readonly events: Envelope[] = [];
  private readonly ending = new AbortController();

  readonly stack: Stack;
  readonly simulators: readonly [Simulator, Simulator];
  readonly cloud: Cloud;
  readonly shop: Shop;
  readonly api: LifeboatApi;
  private readonly bus: Bus;
  private readonly db: pg.Pool;

  private constructor(private readonly parts: Parts) {
    this.stack = parts.stack;
    this.simulators = parts.simulators;
    this.cloud = parts.cloud;
    this.shop = parts.shop;
    this.api = new LifeboatApi(parts.stack.gatewayUrl, { patienceMs: 20_000 });
    this.db = new pg.Pool({ connectionString: parts.stack.databaseUrl, max: 2 });
    const bus = new Bus(parts.servers.natsUrl, 'capture-bench');
    this.bus = bus;
    void consume(
      bus,
      subscriptions.events('capture-bench', ['lifeboat.evt.capture.>']),
      async (e) => void this.events.push(e),
      {
        concurrency: 1,
        signal: this.ending.signal,
        onProblem: () => undefined,
      },
    );
  }

  static async start(env: Readonly<Record<string, string>> = {}): Promise<CaptureBench> {
    const dir = await mkdtemp(join(tmpdir(), 'lifeboat-capture-'));
    const servers = await startServers({ fsync: false });
    const settings = { gibBytes: 64 * 1024, imageBytes: 64 * 1024, guestEveryMs: 0, delayMs: 5 };
    const simulators: [Simulator, Simulator] = [
      await startSimulator({ ...settings, name: 'alpha', furtherServices: ['orchestration'] }),
      await startSimulator({ ...settings, name: 'beta', region: 'RegionB' }),
    ];
    const cloudsFile = join(dir, 'clouds.yaml');
    const [alpha, beta] = simulators;
    await writeFile(
      cloudsFile,
      JSON.stringify({ clouds: { alpha: alpha.cloudsYamlEntry(ADMIN), beta: beta.cloudsYamlEntry() } }),
    );
    const cloud = openSimulated(alpha, ADMIN);
    const shop = await createShop(cloud);
    const stack = await startStack({
      databaseUrl: servers.databaseUrl,
      natsUrl: servers.natsUrl,
      cloudsFile,
      dir,
      only: ['protection', 'metadata-capture', 'gateway'],
      env,
    });
    const { projectId } = await cloud.whoAmI();
    return new CaptureBench({ dir, servers, stack, simulators, cloud, shop, projectId });
  }

  /** Puts so many servers more into the project at once. */
  async grow(servers: number): Promise<void> {
    const url = `${this.simulators[0].url}/simulator/bulk`;
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ servers }),
    });
    if (!answer.ok) throw new Error(`The simulator did not grow: ${answer.status} ${await answer.text()}`);
  }

  /** Protects the shop's servers, and waits until alpha was swept for the first time. */
  async protect(groupId = 'shop', metadataRpoSeconds?: number): Promise<void> {
    for (const site of ['alpha', 'beta']) await this.api.sites.put(site);
    await this.api.policies.put({
      name: 'gold',
      rpoSeconds: 0,
      keepPoints: 3,
      ...(metadataRpoSeconds !== undefined && { metadataRpoSeconds }),
      rules: { drivers: [], serverRoot: 'image' },
    });
    await this.putGroup(groupId, { ids: Object.values(this.shop.servers).map((id) => ({ kind: 'server', id })) });
    await until('the first sweep', async () => ((await this.watch())?.swept_at ? true : undefined), { everyMs: 50 });
  }

  async putGroup(
    groupId: string,
    members: Parameters<LifeboatApi['groups']['put']>[0]['members'],
    policy = 'gold',
  ): Promise<void> {
    await this.api.groups.put({ groupId, name: groupId, primary: 'alpha', recovery: 'beta', policy, members });
  }

  /** Has the metadata of a recovery point captured. */
  async capture(groupId: string, pointId: string): Promise<void> {
    const data = {
      groupId,
      pointId,
      site: 'alpha',
      members: (await this.api.groups.get(groupId)).members,
      serverRoot: 'image',
    };
    await this.bus.publish(CaptureGroup.subject, {
      id: newId(),
      type: CaptureGroup.subject,
      source: 'lifeboat/spec',
      time: new Date().toISOString(),
      attempt: 1,
      data,
    });
    await until(
      `point ${pointId}`,
      async () => this.events.find((e) => (e.data as { pointId?: string }).pointId === pointId),
      {
        everyMs: 20,
      },
    );
  }

  /** What the site's bridge would publish for a change. */
  async tell(eventType: string, ...refs: readonly Ref[]): Promise<void> {
    const change = {
      messageId: newId(),
      eventType,
      publisher: 'spec.host-1',
      occurredAt: new Date().toISOString(),
      projectId: this.parts.projectId,
      refs: [...refs],
    };
    await this.publish('site-changed', SiteChanged.parse({ site: 'alpha', changes: [change] }));
  }

  async publish(name: string, data: unknown): Promise<void> {
    const type = `lifeboat.site.alpha.notification.${name}.v1`;
    await this.bus.publish(type, {
      id: newId(),
      type,
      source: 'lifeboat/spec',
      time: new Date().toISOString(),
      attempt: 1,
      data,
    });
  }

  async query<T = Record<string, unknown>>(sql: string, parameters: readonly unknown[] = []): Promise<T[]> {
    return (await this.db.query(sql, [...parameters])).rows as T[];
  }

  async watch(): Promise<Readonly<Record<string, Date | null>> | undefined> {
    return (await this.query<Record<string, Date | null>>(`select * from capture.watch where site = 'alpha'`))[0];
  }

  /** The newest that is stored of an entity; undefined when it is not there, or gone. */
  async stored({
    kind,
    id,
  }: Ref): Promise<
    | { name: string; spec: Record<string, unknown>; refs: Record<string, unknown>; observed: Record<string, unknown> }
    | undefined
  > {
    const rows = await this.query<{ content: never }>(
      `select v.content from capture.observation o join capture.entity_version v using (digest)
       where o.site = 'alpha' and o.kind = $1 and o.source_id = $2 and o.seen_until is null`,
      [kind, id],
    );
    return rows[0]?.content;
  }

  /** The digest of all that is stored of the project now. */
  async digest(): Promise<string> {
    const rows = await this.query<{ all: string }>(
      `select md5(string_agg(kind || source_id || origin || digest, ',' order by kind, source_id)) as all
       from capture.observation where site = 'alpha' and seen_until is null and digest is not null`,
    );
    return rows[0]?.all ?? '';
  }

  async observations(): Promise<number> {
    return Number((await this.query<{ n: string }>(`select count(*) as n from capture.observation`))[0]?.n);
  }

  /** Has the site swept again, now, and answers how many changes that found. */
  async sweep(): Promise<number> {
    const before = await this.observations();
    const { swept_at } = (await this.watch()) ?? {};
    await this.query(`update capture.watch set swept_at = swept_at - interval '1 day' where site = 'alpha'`);
    await until(
      'another sweep',
      async () => {
        const at = (await this.watch())?.['swept_at'];
        return at && at.getTime() > (swept_at?.getTime() ?? 0) ? true : undefined;
      },
      { everyMs: 20 },
    );
    return (await this.observations()) - before;
  }

  /** Waits until nothing is dirty. */
  async settled(): Promise<void> {
    await until(
      'nothing to be dirty',
      async () =>
        (await this.query(`select 1 from capture.dirty where read_at is null`)).length === 0 ? true : undefined,
      { everyMs: 20, timeoutMs: 20_000 },
    );
  }

  async metric(name: string): Promise<number | undefined> {
    const text = await this.stack.process('metadata-capture').metrics();
    const line = text.split('\n').find((one) => one.startsWith(`${name}{`) || one.startsWith(`${name} `));
    return line === undefined ? undefined : Number(line.split(' ').at(-1));
  }

  async stop(): Promise<void> {
    this.ending.abort();
    await this.stack.stop();
    await this.bus.close();
    await this.db.end();
    await this.cloud.close();
    await Promise.all(this.simulators.map((one) => one.stop()));
    await this.parts.servers.stop();
    await rm(this.parts.dir, { recursive: true, force: true });
  }
}
