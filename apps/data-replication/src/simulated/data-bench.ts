import { commandFailed } from '@lifeboat/contracts';
import type { CommandDef, Disk, Envelope, EventDef, RequestDef, SiteChanged } from '@lifeboat/contracts';
import { LifeboatError, newId } from '@lifeboat/kernel';
import { ask, Bus, consume, subscriptions } from '@lifeboat/messaging';
import type { Cloud } from '@lifeboat/openstack-client';
import { startSimulator } from '@lifeboat/openstack-simulator';
import type { Simulator } from '@lifeboat/openstack-simulator';
import { markedIn } from '@lifeboat/replication-driver-api';
import type { ServiceProcess, Stack } from '@lifeboat/testing';
import { openSimulated, startStack, until } from '@lifeboat/testing';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startServers } from '../../../../tools/setup/servers.mjs';
import type { Servers } from '../../../../tools/setup/servers.mjs';

const MIB = 1024 ** 2;
const PATIENCE_MS = 150_000;
type Side = 'alpha' | 'beta';

/** data-replication and data-worker as processes, between two simulated clouds, on servers of their own. */
export class DataBench {
  /** All that data-replication has said. */
  readonly events: Envelope[] = [];
  private readonly answers = new Map<string, Envelope>();
  private readonly ending = new AbortController();
  /** Where each site has a worker of its own. */
  private betas: ServiceProcess | undefined;

  private constructor(
    readonly dir: string,
    readonly servers: Servers,
    readonly stack: Stack,
    readonly simulators: Readonly<Record<Side, Simulator>>,
    readonly clouds: Readonly<Record<Side, Cloud>>,
    private readonly bus: Bus,
  ) {
    const hear = async (answer: Envelope): Promise<void> => {
      this.answers.set(answer.causationId ?? '', answer);
      this.events.push(answer);
    };
    void consume(bus, subscriptions.events('data-bench', ['lifeboat.evt.data.>']), hear, {
      concurrency: 8,
      signal: this.ending.signal,
      onProblem: () => undefined,
    });
  }

  /** `drivers`: what the drivers file says; the bytes of a volume of a site are in `<dir>/<site>/disks/volume-<id>.raw`; `workers`: what that of
   * each site's own worker says, `alpha`'s being the stack's `data-worker`; without it one worker serves both. `env`: more settings for both services. */
  static async start(
    gibBytes = 16 * MIB,
    {
      drivers,
      workers,
      env = {},
    }: {
      readonly drivers?: (dir: string) => Promise<unknown>;
      readonly workers?: (dir: string) => Promise<Readonly<Record<Side, unknown>>>;
      readonly env?: Readonly<Record<string, string>>;
    } = {},
  ): Promise<DataBench> {
    const dir = await mkdtemp(join(tmpdir(), 'lifeboat-data-'));
    const servers = await startServers({ fsync: false });
    // A driver that is told of may reach the files of volumes past Cinder.
    const shared = { backupDir: join(dir, 'backups'), sharedDisks: drivers !== undefined };
    const settings = { gibBytes, guestEveryMs: 0, delayMs: 20, ...shared };
    const simulators = {
      alpha: await startSimulator({ ...settings, name: 'alpha', dataDir: join(dir, 'alpha') }),
      beta: await startSimulator({ ...settings, name: 'beta', region: 'RegionB', dataDir: join(dir, 'beta') }),
    };
    const cloudsFile = join(dir, 'clouds.yaml');
    await writeFile(
      cloudsFile,
      JSON.stringify({
        clouds: { alpha: simulators.alpha.cloudsYamlEntry(), beta: simulators.beta.cloudsYamlEntry() },
      }),
    );
    const driversFile = await writeDrivers(dir, 'drivers', (await drivers?.(dir)) ?? {});
    const own = await workersEnv(dir, await workers?.(dir));
    const stack = await startStack({
      databaseUrl: servers.databaseUrl,
      natsUrl: servers.natsUrl,
      cloudsFile,
      dir,
      only: ['data-replication', 'data-worker'],
      env: { LIFEBOAT_DRIVERS_FILE: driversFile, LIFEBOAT_LAG_SECONDS: '1', ...env },
      ...(own && { envOf: { 'data-worker': own.alpha } }),
    });
    const bench = new DataBench(
      dir,
      servers,
      stack,
      simulators,
      { alpha: openSimulated(simulators.alpha), beta: openSimulated(simulators.beta) },
      new Bus(servers.natsUrl, 'data-bench'),
    );
    bench.betas = own && (await stack.another('data-worker', own.beta));
    return bench;
  }

  /** Of the site; one for both where nothing else was asked for. */
  worker(side: Side): ServiceProcess {
    return (side === 'beta' ? this.betas : undefined) ?? this.stack.process('data-worker');
  }

  /** Sends a command once, and waits for nothing. */
  async tell<T, A>(command: CommandDef<T, A>, data: T, { id = newId(), attempt = 1 } = {}): Promise<void> {
    const type = command.subject;
    const envelope: Envelope = {
      id,
      type,
      source: 'lifeboat/spec',
      time: new Date().toISOString(),
      attempt,
      correlationId: 'run-spec',
      data,
    };
    await this.bus.publish(type, envelope).catch(() => undefined);
  }

  /** Sends a command, and again every other second as whoever waits for an answer does; answers what was answered, or throws what failed. */
  async ask<T, A>(command: CommandDef<T, A>, data: T): Promise<A> {
    const id = newId();
    let attempt = 0;
    let sentAt = 0;
    const answer = await until(
      command.name,
      async () => {
        if (Date.now() - sentAt > 2_000) {
          sentAt = Date.now();
          await this.tell(command, data, { id, attempt: ++attempt });
        }
        return this.answers.get(id);
      },
      { timeoutMs: PATIENCE_MS, everyMs: 20 },
    );
    const failed = commandFailed('data').data.safeParse(answer.data);
    if (answer.type !== command.answer.subject && failed.success)
      throw LifeboatError.fromJSON(failed.data.error as ConstructorParameters<typeof LifeboatError>[0]);
    return command.answer.data.parse(answer.data);
  }

  request<I, O>(request: RequestDef<I, O>, input: I): Promise<O> {
    return ask(this.bus, request, input);
  }

  /** What another service says; returns when data-replication has taken it in. */
  async announce<T>(event: EventDef<T>, data: T, time = new Date().toISOString()): Promise<void> {
    const id = newId();
    const said: Envelope = {
      id,
      type: event.subject,
      source: 'lifeboat/spec',
      time,
      attempt: 1,
      data,
    };
    await this.bus.publish(event.subject, said);
    const client = new pg.Client({ connectionString: this.stack.databaseUrl });
    await client.connect();
    await until(event.name, async () => {
      const { rowCount } = await client.query(`select 1 from data.work where id = $1 and state = 'done'`, [id]);
      return rowCount ? true : undefined;
    });
    await client.end();
  }

  /** Asks data-replication a question. */
  question<I, O>(request: RequestDef<I, O>, input: I): Promise<O> {
    return ask(this.bus, request, input);
  }

  async query<T extends pg.QueryResultRow>(sql: string, values: readonly unknown[] = []): Promise<readonly T[]> {
    const client = new pg.Client({ connectionString: this.stack.databaseUrl });
    await client.connect();
    try {
      return (await client.query<T>(sql, [...values])).rows;
    } finally {
      await client.end();
    }
  }

  /** What a notification of a site tells of. */
  async notify(site: string, eventType: string, ref: { readonly kind: string; readonly id: string }): Promise<void> {
    const type = `lifeboat.site.${site}.notification.site-changed.v1`;
    const now = new Date().toISOString();
    const change = { messageId: newId(), eventType, publisher: 'image.spec', occurredAt: now, refs: [ref] };
    const data: SiteChanged = { site, changes: [change] };
    await this.bus.publish(type, { id: newId(), type, source: 'lifeboat/spec', time: now, attempt: 1, data });
  }

  /** Bytes at the beginning of a volume, as its server writes them. */
  async write(side: Side, volumeId: string, bytes: number): Promise<void> {
    await fetch(`${this.simulators[side].url}/simulator/volumes/${volumeId}/bytes`, {
      method: 'PUT',
      body: new Uint8Array(randomBytes(bytes)),
    });
  }

  async volume(name: string, bytes = 2 * MIB): Promise<Disk> {
    const cloud = this.clouds.alpha;
    const { volume } = await cloud.volume.post<{ volume: { id: string } }>('/volumes', {
      volume: { size: 1, name, volume_type: 'standard' },
    });
    await until(
      'volume',
      async () =>
        (await cloud.volume.get<{ volume: { status: string } }>(`/volumes/${volume.id}`)).volume.status === 'available'
          ? true
          : undefined,
      { everyMs: 10 },
    );
    await this.write('alpha', volume.id, bytes);
    return {
      kind: 'volume',
      id: volume.id,
      name,
      sizeGiB: 1,
      volumeType: 'standard',
      availabilityZone: 'nova',
      bootable: false,
      encrypted: false,
      multiattach: false,
      status: 'available',
    };
  }

  /** Grows a volume, and writes into what is new. */
  async extend(disk: Disk, sizeGiB: number): Promise<void> {
    const cloud = this.clouds.alpha;
    await cloud.volume.post(`/volumes/${disk.id}/action`, { 'os-extend': { new_size: sizeGiB } });
    await until('the volume to grow', async () => {
      const { volume } = await cloud.volume.get<{ volume: { status: string; size: number } }>(`/volumes/${disk.id}`);
      return volume.status === 'available' && volume.size === sizeGiB ? true : undefined;
    });
    await fetch(`${this.simulators.alpha.url}/simulator/volumes/${disk.id}/bytes?offset=${disk.sizeGiB * 16 * MIB}`, {
      method: 'PUT',
      body: new Uint8Array(randomBytes(MIB)),
    });
  }

  /** Those of the points whose drivers were told to compare every byte. */
  async thoroughPoints(pointIds: readonly string[]): Promise<readonly string[]> {
    const client = new pg.Client({ connectionString: this.stack.databaseUrl });
    await client.connect();
    const { rows } = await client.query<{ id: string }>(
      `select distinct owner_id as id from data.task where owner_id = any($1) and (request->'point'->>'thorough')::boolean`,
      [pointIds],
    );
    await client.end();
    return rows.map(({ id }) => id);
  }

  async digest(side: Side, volumeId: string): Promise<string> {
    const answer = await fetch(`${this.simulators[side].url}/simulator/volumes/${volumeId}/bytes/sha256`);
    return ((await answer.json()) as { sha256: string }).sha256;
  }

  /** Purposes of what bears our marks at a side. */
  async marked(side: Side): Promise<readonly string[]> {
    return Object.values(await markedIn(this.clouds[side])).toSorted();
  }

  async stop(): Promise<void> {
    this.ending.abort();
    await this.stack.stop();
    await this.bus.close();
    await Promise.all([
      ...Object.values(this.clouds).map((cloud) => cloud.close()),
      ...Object.values(this.simulators).map((one) => one.stop()),
    ]);
    await this.servers.stop();
    await rm(this.dir, { recursive: true, force: true });
  }
}

async function writeDrivers(dir: string, name: string, drivers: unknown): Promise<string> {
  const file = join(dir, `${name}.yaml`);
  await writeFile(file, JSON.stringify({ drivers }));
  return file;
}

/** Each worker serves its own site, and knows of the other what its own file says. */
async function workersEnv(dir: string, workers: Readonly<Record<Side, unknown>> | undefined) {
  if (!workers) return undefined;
  const of = async (side: Side) => ({
    LIFEBOAT_WORKER_SITES: side,
    LIFEBOAT_DRIVERS_FILE: await writeDrivers(dir, `drivers-${side}`, workers[side]),
  });
  return { alpha: await of('alpha'), beta: await of('beta') };
}
