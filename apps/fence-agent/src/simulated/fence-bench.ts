import {
  commandFailed,
  FencePrimary,
  LockGroup,
  PutPlan,
  ReadGroup,
  ReadServers,
  UnlockGroup,
} from '@lifeboat/contracts';
import type { CommandDef, Envelope, GroupLease, HookResult, RequestDef } from '@lifeboat/contracts';
import { LifeboatError, newId } from '@lifeboat/kernel';
import { ask, Bus, consume, serve, subscriptions } from '@lifeboat/messaging';
import type { Cloud } from '@lifeboat/openstack-client';
import { startSimulator } from '@lifeboat/openstack-simulator';
import type { Simulator } from '@lifeboat/openstack-simulator';
import { freePort, openSimulated, ServiceProcess, startServers, startStack, until } from '@lifeboat/testing';
import type { Servers, Stack } from '@lifeboat/testing';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { Lease } from '../leases/lease.ts';
import { CutLine } from './cut-line.ts';

/** How fast a busy machine is decides nothing. */
export const PATIENCE = { timeoutMs: 120_000, everyMs: 50 };
const SITE = 'alpha';
/** Short, and yet long enough for a machine that is busy with other things. */
export const LEASE = { ttl: 5, margin: 8 } as const;

interface World {
  readonly dir: string;
  readonly cloudsFile: string;
  readonly servers: Servers;
  readonly stack: Stack;
  readonly simulator: Simulator;
  readonly cloud: Cloud;
  readonly db: pg.Client;
}

/** The hub's services that have to do with leases, and a primary. */
async function startWorld(): Promise<World> {
  const dir = await mkdtemp(join(tmpdir(), 'lifeboat-fence-'));
  const [servers, simulator] = await Promise.all([
    startServers({ fsync: false }),
    startSimulator({ name: SITE, dataDir: join(dir, SITE), gibBytes: 2 ** 24, guestEveryMs: 0, delayMs: 50 }),
  ]);
  const { databaseUrl, natsUrl } = servers;
  const cloudsFile = join(dir, 'clouds.yaml');
  await writeFile(cloudsFile, JSON.stringify({ clouds: { [SITE]: simulator.cloudsYamlEntry() } }));
  const only = ['protection', 'recovery-execution'] as const;
  const stack = await startStack({ databaseUrl, natsUrl, cloudsFile, dir, only });
  const db = new pg.Client({ connectionString: stack.databaseUrl });
  await db.connect();
  await db.query(`set search_path to protection`);
  await db.query(`insert into site (name) values ('alpha'), ('beta')`);
  await db.query(`insert into policy (name, rpo_seconds, keep_points, rules) values ('p', 0, 2, $1)`, [
    { drivers: [], serverRoot: 'snapshot' },
  ]);
  return { dir, cloudsFile, servers, stack, simulator, cloud: openSimulated(simulator), db };
}

async function agentOf({ dir, cloudsFile }: World, { url }: CutLine): Promise<ServiceProcess> {
  const health = await freePort();
  return new ServiceProcess({
    name: 'fence-agent',
    script: 'dist/programs/fence-agent.js',
    env: {
      LIFEBOAT_NATS_URL: url,
      LIFEBOAT_CLOUDS_FILE: cloudsFile,
      LIFEBOAT_HEALTH_PORT: String(health),
      LIFEBOAT_SITE: SITE,
      LIFEBOAT_AGENT_NAME: 'fence-1',
      LIFEBOAT_LEASES_FILE: join(dir, 'leases.json'),
    },
    logFile: join(dir, 'fence-agent.log'),
    readyUrl: `http://127.0.0.1:${health}/readyz`,
    restart: false,
  });
}

/** An agent as a process at a simulated primary, on a line to its hub that can be cut: protection and recovery-execution as processes. */
export class FenceBench {
  readonly events: Envelope[] = [];
  /** What metadata-capture would tell. */
  private readonly serversOf = new Map<string, { readonly id: string; readonly name: string }[]>();
  private readonly ending = new AbortController();

  private constructor(
    private readonly world: World,
    private readonly bus: Bus,
    readonly line: CutLine,
    readonly agent: ServiceProcess,
  ) {}

  static async start(): Promise<FenceBench> {
    const world = await startWorld();
    const line = await CutLine.to(world.servers.natsUrl);
    const agent = await agentOf(world, line);
    const bench = new FenceBench(world, new Bus(world.servers.natsUrl, 'fence-bench'), line, agent);
    await bench.listen();
    return bench;
  }

  private async listen(): Promise<void> {
    const filters = ['lifeboat.evt.protection.>', 'lifeboat.evt.recovery.>'];
    void consume(
      this.bus,
      subscriptions.events('fence-bench', filters),
      async (event) => void this.events.push(event),
      {
        concurrency: 1,
        signal: this.ending.signal,
        onProblem: () => undefined,
      },
    );
    await serve(
      this.bus,
      ReadServers,
      async ({ groupId }) => ({ site: SITE, servers: this.serversOf.get(groupId) ?? [] }),
      () => undefined,
    );
  }

  /** Of one server, which runs; its plan relies on a lease. Answers the server's id. */
  async group(groupId: string): Promise<string> {
    const server = { id: await this.serverThatRuns(`web of ${groupId}`), name: `web of ${groupId}` };
    this.serversOf.set(groupId, [server]);
    await this.world.db.query(
      `insert into protection_group (group_id, name, primary_site, recovery_site, policy, members, mappings, state, fence_token)
       values ($1, $1, 'alpha', 'beta', 'p', '{"project": true}', '{}', 'protected', 0)`,
      [groupId],
    );
    const metadata = { name: groupId };
    const spec = { group: groupId, fence: [{ lease: LEASE }] };
    const text = JSON.stringify({ apiVersion: 'lifeboat/v1', kind: 'RecoveryPlan', metadata, spec });
    await this.doing(PutPlan, { name: groupId, text, by: 'spec' });
    return server.id;
  }

  private async serverThatRuns(name: string): Promise<string> {
    const { flavors } = await this.world.cloud.compute.get<{ flavors: { id: string; name: string }[] }>('/flavors');
    const { images } = await this.world.cloud.image.get<{ images: { id: string }[] }>('/images?name=guest');
    const flavorRef = flavors.find((flavor) => flavor.name === 'tiny')?.id;
    const { server } = await this.world.cloud.compute.post<{ server: { id: string } }>('/servers', {
      server: { name, flavorRef, imageRef: images[0]?.id, networks: 'none' },
    });
    await this.reaches(server.id, 'ACTIVE');
    return server.id;
  }

  async statusOf(id: string): Promise<string> {
    return (await this.world.cloud.compute.get<{ server: { status: string } }>(`/servers/${id}`)).server.status;
  }

  reaches(id: string, status: string): Promise<true> {
    return until(
      `the server to be ${status}`,
      async () => ((await this.statusOf(id)) === status ? true : undefined),
      PATIENCE,
    );
  }

  /** As a person does. */
  async startServer(id: string): Promise<void> {
    await this.world.cloud.compute.post(`/servers/${id}/action`, { 'os-start': null });
    await this.reaches(id, 'ACTIVE');
  }

  doing<I, O>(request: RequestDef<I, O>, input: I): Promise<O> {
    return ask(this.bus, request, input);
  }

  async leaseOf(groupId: string): Promise<GroupLease | undefined> {
    return (await this.doing(ReadGroup, { groupId })).group.lease;
  }

  /** The agent has it, and the hub knows. */
  async held(groupId: string): Promise<void> {
    await until(
      'the lease to be held',
      async () => {
        const known = (await this.leaseOf(groupId))?.agents.find(({ agent }) => agent === 'fence-1');
        const kept = await this.onDisk(groupId);
        return known?.heldSince !== undefined && kept && !kept.refused && kept.lostAt === undefined ? true : undefined;
      },
      PATIENCE,
    );
  }

  /** As if another agent had held the lease, and been gone for two days. */
  async goneAgent(groupId: string, agent: string): Promise<void> {
    await this.world.db.query(
      `insert into fence_lease (group_id, site, agent, ttl_seconds, granted_at, granted_by, held_since, missed)
       values ($1, $2, $3, 5, now() - interval '2 days', 'spec', now() - interval '3 days', true)`,
      [groupId, SITE, agent],
    );
  }

  /** What the agent has on its disk. */
  async onDisk(groupId: string): Promise<Lease | undefined> {
    const text = await readFile(join(this.world.dir, 'leases.json'), 'utf8').catch(() => '{"leases":[]}');
    return (JSON.parse(text) as { leases: Lease[] }).leases.find((lease) => lease.groupId === groupId);
  }

  /** Takes the group for an unplanned failover. Answers the run. */
  async take(groupId: string): Promise<string> {
    const runId = newId();
    await this.answerTo(LockGroup, { groupId, runId, purpose: 'failover' });
    return runId;
  }

  async giveBack(groupId: string, runId: string): Promise<void> {
    await this.answerTo(UnlockGroup, { groupId, runId });
  }

  /** The very command of a failover. */
  async fence(groupId: string, runId: string): Promise<HookResult> {
    const { fenced } = await this.answerTo(FencePrimary, { groupId, runId, site: SITE, fence: [{ lease: LEASE }] });
    return fenced[0] as HookResult;
  }

  private async answerTo<T, A>(command: CommandDef<T, A>, data: T): Promise<A> {
    const [id, type] = [newId(), command.subject];
    const time = new Date().toISOString();
    await this.bus.publish(type, { id, type, source: 'lifeboat/spec', time, attempt: 1, data });
    const answer = await until(
      command.name,
      async () => this.events.find(({ causationId }) => causationId === id),
      PATIENCE,
    );
    const failed = commandFailed(command.context).data.safeParse(answer.data);
    if (answer.type !== command.answer.subject && failed.success)
      throw LifeboatError.fromJSON(failed.data.error as ConstructorParameters<typeof LifeboatError>[0]);
    return command.answer.data.parse(answer.data);
  }

  async stop(): Promise<void> {
    this.ending.abort();
    await this.agent.stop();
    await Promise.all([
      this.world.stack.stop(),
      this.line.close(),
      this.bus.close(),
      this.world.db.end(),
      this.world.cloud.close(),
    ]);
    await Promise.all([this.world.servers.stop(), this.world.simulator.stop()]);
    await rm(this.world.dir, { recursive: true, force: true });
  }
}
