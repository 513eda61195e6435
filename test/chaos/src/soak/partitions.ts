import { LifeboatApi } from '@lifeboat/api-client';
import type { RunDetail } from '@lifeboat/contracts';
import { runOver, simulatedArena } from '@lifeboat/demo';
import type { SimulatedArena } from '@lifeboat/demo';
import { newId } from '@lifeboat/kernel';
import { createShop, startServers, startStack, until } from '@lifeboat/testing';
import type { Servers, Shop, Stack } from '@lifeboat/testing';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { randomOf } from '../random.ts';

const MIB = 1024 * 1024;
const GROUP = 'cut-off';
const PATIENT = { timeoutMs: 300_000, everyMs: 100 };
/** The link is cut, and is healed, at any moment within so long. */
const CUT_WITHIN_MS = 1_500;
const HEALED_WITHIN_MS = 12_000;
/** Where the simulator's guests put their last number on each disk. */
const [TICK_AT, TICK_BYTES] = [64 * 1024, 128] as const;

export interface Partitions {
  readonly rounds: number;
  /** Rounds in which the primary answered again before the failover had committed. */
  readonly healedBeforeCommit: number;
  /** Seconds in which both had served, by what was reported. */
  readonly longestBothSeconds: number;
  /** What must not be, in words. */
  readonly failures: readonly string[];
  readonly seconds: number;
}

interface Options {
  readonly count: number;
  readonly seed: number;
  readonly say: (what: string) => void;
}

/**
 * Forced failovers of a database whose primary is only cut off, and serves on: in each round the link is cut and healed at other moments. The two that
 * served must be found by themselves, the former primary is stopped, and what it has written meanwhile stays until somebody has it brought home.
 */
export async function soakPartitions({ count, seed, say }: Options): Promise<Partitions> {
  const began = Date.now();
  const world = await World.start();
  const random = randomOf(seed);
  const failures: string[] = [];
  let healedBeforeCommit = 0;
  let longestBothSeconds = 0;
  try {
    for (let round = 1; round <= count; round++) {
      const found = await world.round(random() * CUT_WITHIN_MS, random() * HEALED_WITHIN_MS);
      failures.push(...found.failures.map((what) => `round ${round}: ${what}`));
      if (found.healedBeforeCommit) healedBeforeCommit++;
      longestBothSeconds = Math.max(longestBothSeconds, found.bothSeconds);
      say(
        `${round} of ${count}: both served for ${found.bothSeconds.toFixed(1)} s; ${found.failures.join('; ') || 'found'}`,
      );
    }
  } finally {
    await world.stop();
  }
  return { rounds: count, healedBeforeCommit, longestBothSeconds, failures, seconds: (Date.now() - began) / 1_000 };
}

interface Round {
  readonly healedBeforeCommit: boolean;
  readonly bothSeconds: number;
  readonly failures: readonly string[];
}

type Both = readonly { readonly from: string; readonly until: string }[];

/** The database where it is at home: a fail-back makes it anew. */
interface AtHome {
  readonly server: string;
  readonly volumes: readonly string[];
}

class World {
  private constructor(
    private readonly servers: Servers,
    private readonly arena: SimulatedArena,
    private readonly stack: Stack,
    private readonly api: LifeboatApi,
    private readonly shop: Shop,
  ) {}

  static async start(): Promise<World> {
    const dir = mkdtempSync(join(tmpdir(), 'lifeboat-partitions-'));
    const servers = await startServers({ fsync: false });
    const arena = await simulatedArena(dir, 'admin', { gibBytes: MIB, imageBytes: MIB / 4 });
    const { databaseUrl, natsUrl } = servers;
    const { cloudsFile } = arena;
    // The failover is over within a second of its commit here; seven more in each round would show nothing.
    const env = { ...arena.env, LIFEBOAT_LEFT_ALONE_SECONDS: '3' };
    const stack = await startStack({ databaseUrl, natsUrl, cloudsFile, dir, env });
    const api = new LifeboatApi(stack.gatewayUrl, { patienceMs: 60_000 });
    const world = new World(servers, arena, stack, api, await createShop(arena.primaryCloud));
    await world.protect();
    return world;
  }

  private async protect(): Promise<void> {
    const { primary, recovery, drivers } = this.arena;
    for (const site of [primary, recovery]) await this.api.sites.put(site);
    const rules = { drivers: [...drivers], serverRoot: 'snapshot' as const };
    await this.api.policies.put({ name: 'gold', rpoSeconds: 0, keepPoints: 1, rules });
    const ids = [{ kind: 'server', id: this.shop.servers.db1 }];
    await this.api.groups.put({ groupId: GROUP, name: 'Cut off', primary, recovery, policy: 'gold', members: { ids } });
    await this.arena.beta.control('POST', '/guests/release');
  }

  async round(cutAfterMs: number, healAfterMs: number): Promise<Round> {
    const home = await this.atHome();
    await this.point();
    await pause(cutAfterMs);
    await this.presence('gone');
    const runId = newId();
    await this.api.runs.start(runId, {
      kind: 'failover',
      groupId: GROUP,
      confirmPrimaryLost: true,
      reason: 'the link is cut',
    });
    await pause(healAfterMs);
    const healedBeforeCommit = (await this.api.runs.get(runId).catch(() => undefined))?.outcome === 'running';
    const wrote = await this.written(home);
    await this.presence('here');
    const away = await this.completed(runId);
    const quarantine = await this.quarantine();
    const failures = await this.wrongAfter(quarantine, home, wrote);
    const both = (quarantine.state['servedByBoth'] ?? []) as Both;
    const bothSeconds = Math.max(0, ...both.map(({ from, until: to }) => (Date.parse(to) - Date.parse(from)) / 1_000));
    failures.push(...(await this.comeHome(away, home)));
    return { healedBeforeCommit, bothSeconds, failures };
  }

  /** What the former primary had written is kept while the group is protected the other way, and until it is brought home. */
  private async comeHome(away: RunDetail, home: AtHome): Promise<readonly string[]> {
    const kept = await this.bytesOf(home);
    await this.run({ kind: 'reprotect' });
    await this.point();
    const failures = same(kept, await this.bytesOf(home)) ? [] : ['what the former primary held was changed'];
    await this.run({ kind: 'failback' });
    await this.run({ kind: 'reprotect' });
    await this.run({ kind: 'cleanup', ofRunId: away.runId });
    return failures;
  }

  private async wrongAfter(quarantine: RunDetail, home: AtHome, wrote: number): Promise<string[]> {
    const failures: string[] = [];
    const both = (quarantine.state['servedByBoth'] ?? []) as Both;
    if (quarantine.outcome !== 'completed') failures.push(`the quarantine ended ${quarantine.outcome}`);
    if (both.length !== 1) failures.push(`${both.length} servers were said to have served at both, not 1`);
    const { server } = await this.arena.primaryCloud.compute.get<{ server: { status: string } }>(
      `/servers/${home.server}`,
    );
    if (server.status !== 'SHUTOFF') failures.push(`the server at the former primary is ${server.status}`);
    const has = await this.written(home);
    if (wrote === 0 || has < wrote) failures.push(`the former primary had written ${wrote}, and has ${has}`);
    return failures;
  }

  private async quarantine(): Promise<RunDetail> {
    const runId = await until(
      'the former primary to be found',
      async () => (await this.api.groups.get(GROUP)).formerPrimary?.quarantinedBy,
      PATIENT,
    );
    return runOver(this.api, runId, PATIENT);
  }

  private async point(): Promise<void> {
    const { runId } = await this.api.points.request(GROUP, newId(), 'soak');
    await this.completed(runId);
  }

  private async run(of: {
    readonly kind: 'reprotect' | 'failback' | 'cleanup';
    readonly ofRunId?: string;
  }): Promise<RunDetail> {
    const { runId } = await this.api.runs.start(newId(), { ...of, groupId: GROUP, reason: 'soak' });
    return this.completed(runId);
  }

  private async completed(runId: string): Promise<RunDetail> {
    const run = await runOver(this.api, runId, PATIENT);
    if (run.outcome === 'completed') return run;
    throw new Error(`${run.kind} ended ${run.outcome}: ${run.error?.message ?? ''}`);
  }

  private presence(presence: 'here' | 'gone'): Promise<void> {
    return this.arena.alpha.control('PUT', '/presence', { presence });
  }

  private async atHome(): Promise<AtHome> {
    const { servers } = await this.arena.primaryCloud.compute.get<{
      servers: readonly {
        id: string;
        name: string;
        'os-extended-volumes:volumes_attached': readonly { id: string }[];
      }[];
    }>('/servers/detail');
    const found = servers.filter(({ name }) => name === 'db-1');
    const [db] = found;
    if (!db || found.length > 1) throw new Error(`There are ${found.length} servers db-1 at home, not one.`);
    return { server: db.id, volumes: db['os-extended-volumes:volumes_attached'].map(({ id }) => id) };
  }

  /** The last number that the guest has put to all of its disks: it stands at the head of each. */
  private async written({ volumes }: AtHome): Promise<number> {
    const numbers = volumes.map(async (id) => {
      const head = await fetch(
        `${this.arena.alpha.url}/simulator/volumes/${id}/bytes?offset=${TICK_AT}&length=${TICK_BYTES}`,
      );
      return Number(/^tick (\d+) /.exec(await head.text())?.[1] ?? 0);
    });
    return Math.min(...(await Promise.all(numbers)));
  }

  private async bytesOf({ volumes }: AtHome): Promise<ReadonlyMap<string, string>> {
    const digests = new Map<string, string>();
    for (const id of volumes) {
      const { sha256 } = await this.arena.alpha.control<{ sha256: string }>('GET', `/volumes/${id}/bytes/sha256`);
      digests.set(id, sha256);
    }
    return digests;
  }

  async stop(): Promise<void> {
    await this.stack.stop();
    await this.arena.close();
    await this.servers.stop();
  }
}

const same = (a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean =>
  a.size > 0 && a.size === b.size && [...a].every(([id, digest]) => b.get(id) === digest);
