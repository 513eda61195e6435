import { ReadTopology, RecreateEntities, RemoveEntities } from '@lifeboat/contracts';
import type { CommandDef, DataOf, Envelope, OutputOf } from '@lifeboat/contracts';
import { newId } from '@lifeboat/kernel';
import { Bus, consume, serve, subscriptions } from '@lifeboat/messaging';
import { entities } from '@lifeboat/openstack-entities';
import { captureProject } from '@lifeboat/openstack-entity-api';
import type { Entity } from '@lifeboat/openstack-entity-api';
import { startSimulator } from '@lifeboat/openstack-simulator';
import type { Simulator } from '@lifeboat/openstack-simulator';
import { openSimulated, startStack, until } from '@lifeboat/testing';
import type { ServiceProcess, Stack } from '@lifeboat/testing';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServers } from '../../../../tools/setup/servers.mjs';
import type { Servers } from '../../../../tools/setup/servers.mjs';

const PATIENCE_MS = 240_000;
/** Of the fleet's project; rules are left out, a server each is enough. */
const KINDS = ['network', 'subnet', 'security-group', 'port', 'server', 'image', 'flavor', 'keypair'];
const DEMO = { username: 'demo', project: 'demo' };

/** Two processes of recovery-execution, a simulated recovery site, and a fleet that was captured at another; who sends commands and knows topologies is played. */
export class RecoveryBench {
  private readonly answers = new Map<string, Envelope>();
  private readonly ending = new AbortController();

  private constructor(
    private readonly parts: { readonly dir: string; readonly servers: Servers; readonly stack: Stack },
    private readonly bus: Bus,
    readonly pair: readonly [ServiceProcess, ServiceProcess],
    readonly there: Simulator,
    readonly fleet: readonly Entity[],
  ) {
    const hear = async (answer: Envelope): Promise<void> => void this.answers.set(answer.causationId ?? '', answer);
    const options = { concurrency: 4, signal: this.ending.signal, onProblem: () => undefined };
    void consume(bus, subscriptions.events('recovery-bench', ['lifeboat.evt.recovery.>']), hear, options);
  }

  static async start(size: number): Promise<RecoveryBench> {
    const dir = mkdtempSync(join(tmpdir(), 'lifeboat-recovery-'));
    const servers = await startServers({ fsync: false });
    const { databaseUrl, natsUrl } = servers;
    const settings = { gibBytes: 65_536, imageBytes: 65_536, guestEveryMs: 0 };
    const there = await startSimulator({ ...settings, name: 'beta', dataDir: join(dir, 'beta') });
    await unlimited(there);
    const cloudsFile = join(dir, 'clouds.yaml');
    writeFileSync(cloudsFile, JSON.stringify({ clouds: { beta: there.cloudsYamlEntry(DEMO) } }));
    const stack = await startStack({ databaseUrl, natsUrl, cloudsFile, dir, only: ['recovery-execution'] });
    const pair = [stack.process('recovery-execution'), await stack.another('recovery-execution')] as const;
    const bus = new Bus(natsUrl, 'recovery-bench');
    const fleet = await captured(dir, size);
    await serve(
      bus,
      ReadTopology,
      async () => ({ entities: structuredClone(fleet) as OutputOf<typeof ReadTopology>['entities'] }),
      () => undefined,
    );
    return new RecoveryBench({ dir, servers, stack }, bus, pair, there, fleet);
  }

  /** What a run sends to have the fleet made. */
  async recreation(runId: string): Promise<DataOf<typeof RecreateEntities>> {
    const { images: standing } = await this.there.inventory();
    const targetId = String(standing.find(({ name }) => name === 'guest')?.['id']);
    const looks = { hash: '00', hashAlgo: 'sha512', sizeBytes: 1, reused: true };
    const images = this.fleet
      .filter(({ kind }) => kind === 'image')
      .map(({ id }) => ({ sourceId: id, targetId, ...looks }));
    return { ...RecreateEntities.sample, groupId: 'fleet', runId, source: 'alpha', target: 'beta', images };
  }

  /** Sends a command, and again every other second as the saga does; answers what was said. */
  async ask<T, A>(command: CommandDef<T, A>, data: T): Promise<Envelope> {
    const id = newId();
    let [attempt, sentAt] = [0, 0];
    return until(
      command.name,
      async () => {
        if (Date.now() - sentAt > 2_000) {
          sentAt = Date.now();
          const head = { id, type: command.subject, source: 'lifeboat/spec', time: new Date().toISOString() };
          await this.bus.publish(command.subject, { ...head, attempt: ++attempt, correlationId: 'run-spec', data });
        }
        return this.answers.get(id);
      },
      { timeoutMs: PATIENCE_MS, everyMs: 50 },
    );
  }

  remove(runId: string): Promise<Envelope> {
    return this.ask(RemoveEntities, { ...RemoveEntities.sample, runId });
  }

  async stop(): Promise<void> {
    this.ending.abort();
    await this.bus.close();
    const { stack, servers, dir } = this.parts;
    await stack.stop();
    await Promise.all([this.there.stop(), servers.stop()]);
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Room for a fleet of any size. */
async function unlimited(there: Simulator): Promise<void> {
  const [tenant, admin] = [openSimulated(there, DEMO), openSimulated(there, { username: 'admin', project: 'admin' })];
  const { projectId } = await tenant.whoAmI();
  await admin.compute.put(`/os-quota-sets/${projectId}`, { quota_set: { instances: -1, cores: -1, ram: -1 } });
  const quota = { port: -1, security_group: -1, security_group_rule: -1 };
  await admin.network.put(`/quotas/${projectId}`, { quota });
  await Promise.all([tenant.close(), admin.close()]);
}

/** Servers with a port each, as they are captured at a site that is gone by then. */
async function captured(dir: string, servers: number): Promise<readonly Entity[]> {
  const here = await startSimulator({
    name: 'alpha',
    guestEveryMs: 0,
    imageBytes: 65_536,
    dataDir: join(dir, 'alpha'),
  });
  const body = JSON.stringify({ servers, stateless: true });
  await fetch(`${here.url}/simulator/bulk`, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
  const cloud = openSimulated(here, DEMO);
  const { all } = await captureProject({ cloud, registry: entities, seal: (plain) => plain });
  await cloud.close();
  await here.stop();
  const used = (entity: Entity): boolean =>
    entity.kind !== 'security-group' || all.referringTo(entity).some(({ kind }) => kind === 'port');
  return all.entities.filter((entity) => KINDS.includes(entity.kind) && used(entity));
}
