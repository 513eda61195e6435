import { LifeboatApi } from '@lifeboat/api-client';
import { openCloud } from '@lifeboat/openstack-client';
import { startStack, until } from '@lifeboat/testing';
import type { SimulatedCloud, Stack } from '@lifeboat/testing';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { setTimeout as pause } from 'node:timers/promises';
import { cloudOf, cloudsFileOf } from '../demo-cloud.ts';

const SWEEP_NEVER_S = '86400';
const POLL_MS = 100;
/** Linux counts processor time in these, on every machine. */
const TICKS_PER_SECOND = 100;
const SETTLED_MS = 3_000;

/** One complete crawl, as the service itself keeps its beginning and end. */
export interface Crawl {
  readonly from: Date;
  readonly seconds: number;
  /** The largest resident set of metadata-capture meanwhile. */
  readonly peakMiB: number;
  /** What metadata-capture itself used of a processor. */
  readonly cpuSeconds: number;
}

/** A simulated cloud of a size as a process, and the services that watch it, with a group of ten of its servers. */
export class CrawlArena {
  private constructor(
    private readonly dir: string,
    readonly clouds: readonly SimulatedCloud[],
    readonly stack: Stack,
    readonly db: pg.Pool,
  ) {}

  get cloud(): SimulatedCloud {
    return this.clouds[0] as SimulatedCloud;
  }

  static async start(): Promise<CrawlArena> {
    const { LIFEBOAT_DATABASE_URL: databaseUrl = '', LIFEBOAT_NATS_URL: natsUrl = '' } = process.env;
    const dir = mkdtempSync(join(tmpdir(), 'lifeboat-bench-'));
    const clouds = [await cloudOf('alpha', dir), await cloudOf('beta', dir)];
    const cloudsFile = cloudsFileOf(clouds, dir);
    const stack = await startStack({
      databaseUrl,
      natsUrl,
      cloudsFile,
      dir,
      only: ['protection', 'metadata-capture', 'gateway'],
      env: { LIFEBOAT_CAPTURE_SWEEP_SECONDS: SWEEP_NEVER_S },
    });
    return new CrawlArena(dir, clouds, stack, new pg.Pool({ connectionString: stack.databaseUrl, max: 1 }));
  }

  /** Has the site watched: the first crawl, of next to nothing. */
  async watch(): Promise<Crawl> {
    const api = new LifeboatApi(this.stack.gatewayUrl, { patienceMs: 20_000 });
    for (const { options } of this.clouds) await api.sites.put(options.name);
    await api.policies.put({
      name: 'bench',
      rpoSeconds: 0,
      keepPoints: 1,
      rules: { drivers: [], serverRoot: 'image' },
    });
    const { id } = await volumeAt(this.cloud);
    const [primary, recovery] = this.clouds.map(({ options }) => options.name) as [string, string];
    await api.groups.put({
      groupId: 'bench',
      name: 'bench',
      primary,
      recovery,
      policy: 'bench',
      members: { ids: [{ kind: 'volume', id }] },
    });
    const first = await this.crawlAfter(new Date(0));
    // Nothing of the start is left to be done.
    await pause(SETTLED_MS);
    return first;
  }

  /** From now on the site has so many more servers, with their ports and volumes. */
  async grow(servers: number): Promise<void> {
    await this.cloud.control('POST', '/bulk', { servers });
  }

  /** Has it crawled again at once. */
  async crawlAgain(): Promise<Crawl> {
    const [row] = (
      await this.db.query<{ at: Date }>(
        `update capture.watch set swept_at = swept_at - interval '2 days' where site = 'alpha' returning swept_from as at`,
      )
    ).rows;
    return this.crawlAfter(row?.at ?? new Date(0));
  }

  private async crawlAfter(last: Date): Promise<Crawl> {
    let peakMiB = 0;
    const cpu = this.cpuSeconds();
    const done = async () => {
      peakMiB = Math.max(peakMiB, this.rssMiB());
      const [row] = (
        await this.db.query<{ from: Date; at: Date }>(
          `select swept_from as "from", swept_at as at from capture.watch where site = 'alpha' and swept_from > $1`,
          [last],
        )
      ).rows;
      const seconds = row && (row.at.getTime() - row.from.getTime()) / 1_000;
      return row && seconds !== undefined
        ? { from: row.from, seconds, peakMiB, cpuSeconds: this.cpuSeconds() - cpu }
        : undefined;
    };
    return until('the crawl', done, { timeoutMs: 10 * 60_000, everyMs: POLL_MS });
  }

  /** Resident set of metadata-capture as the kernel says. */
  rssMiB(): number {
    const status = readFileSync(`/proc/${this.stack.process('metadata-capture').pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1024;
  }

  private cpuSeconds(): number {
    const stat = readFileSync(`/proc/${this.stack.process('metadata-capture').pid}/stat`, 'utf8');
    const [user, system] = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 13);
    return (Number(user) + Number(system)) / TICKS_PER_SECOND;
  }

  async stop(): Promise<void> {
    await this.db.end();
    await this.stack.stop();
    await Promise.all(this.clouds.map((cloud) => cloud.stop()));
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** Something to protect. */
async function volumeAt({ admin }: SimulatedCloud): Promise<{ readonly id: string }> {
  const { auth } = admin;
  const cloud = openCloud({
    ...admin,
    auth: auth.type === 'password' ? { ...auth, project: { name: 'demo', domain: 'Default' } } : auth,
  });
  const { volume } = await cloud.volume.post<{ volume: { id: string } }>('/volumes', { volume: { size: 1 } });
  await cloud.close();
  return volume;
}
