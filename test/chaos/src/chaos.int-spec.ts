import { play, Progress, simulatedArena } from '@lifeboat/demo';
import { LifeboatApi } from '@lifeboat/api-client';
import type { Cloud } from '@lifeboat/openstack-client';
import { SERVICES, startServers, startStack, until } from '@lifeboat/testing';
import type { Servers, Stack } from '@lifeboat/testing';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Killer, losingItsStore, restarted, servicesOf } from './killer.ts';
import type { Victims } from './killer.ts';

const MIB = 1024 * 1024;
const LEAST_KILLS = 50;
/** Two are kept: the first is discarded while kills go on. */
const POINTS = 3;
const LEAST_IN_FAILOVER = 3;
const MOST_IN_FAILOVER = 8;
/** A failover of tiny volumes takes seconds: there the cloud is slower and the kills come more often. */
const IN_FAILOVER_MS = [100, 500] as const;
const SLOW_CLOUD_MS = 60;

async function names(
  cloud: Cloud,
  path: string,
  key: string,
  service: 'volume' | 'image' = 'volume',
  mine?: string,
): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const item of cloud[service].list<{ name: string; owner?: string }>(path, key))
    if (mine === undefined || item.owner === mine) found.push(item.name);
  return found.sort();
}

const victimsOf = (stack: Stack, servers: Servers): Victims => ({
  ...servicesOf(stack, SERVICES),
  postgres: restarted(servers.postgres),
  nats: losingItsStore(servers.nats),
});

/** Expired points are removed at the primary too, as long as it is there. */
async function discardsOver(gatewayUrl: string): Promise<void> {
  const api = new LifeboatApi(gatewayUrl, { patienceMs: 60_000 });
  await until('expired points to be removed', async () => {
    const runs = await api.runs.list({ limit: 500 });
    return runs.some((run) => run.kind === 'discard' && run.outcome === 'running') ? undefined : true;
  });
}

describe('a run whose services, database and broker are killed over and over', () => {
  it(
    'ends the same: every byte and field there, nothing left over, nothing twice',
    async () => {
      const dir = mkdtempSync(join(tmpdir(), 'lifeboat-chaos-'));
      const servers = await startServers();
      const arena = await simulatedArena(dir, 'admin', { gibBytes: MIB, imageBytes: MIB / 4 });
      const stack = await startStack({
        databaseUrl: servers.databaseUrl,
        natsUrl: servers.natsUrl,
        cloudsFile: arena.cloudsFile,
        dir,
        env: arena.env,
      });
      const seed = Number(process.env['LIFEBOAT_CHAOS_SEED'] ?? Date.now() % 1_000_000);
      const killer = new Killer(victimsOf(stack, servers), seed, [100, 600]);
      killer.most = LEAST_KILLS;
      let before = 0;
      try {
        const report = await play({
          arena,
          stack,
          as: 'admin',
          points: POINTS,
          enough: () => killer.total >= LEAST_KILLS,
          progress: new Progress(5),
          beforeLoss: async () => {
            killer.betweenMs = IN_FAILOVER_MS;
            await discardsOver(stack.gatewayUrl);
            before = killer.total;
            killer.most = before + MOST_IN_FAILOVER;
            await arena.slowRecovery(SLOW_CLOUD_MS);
            const { projectId } = await arena.primaryCloud.whoAmI();
            // What Lifeboat made at the source for a while is gone again.
            expect(await names(arena.primaryCloud, '/snapshots/detail', 'snapshots')).toEqual([]);
            expect(await names(arena.primaryCloud, '/volumes/detail', 'volumes')).toEqual([
              'db-1-data',
              'db-1-root',
              'web-2-root',
            ]);
            expect(await names(arena.primaryCloud, '/images', 'images', 'image', projectId)).toEqual([]);
          },
        });
        await killer.stop();
        expect({ seed, problems: report.problems }).toEqual({ seed, problems: [] });
        expect(killer.total - before).toBeGreaterThanOrEqual(LEAST_IN_FAILOVER);
        expect(killer.total).toBeGreaterThanOrEqual(LEAST_KILLS);
        expect([...killer.kills.keys()].sort()).toEqual([...SERVICES, 'nats', 'postgres'].sort());
      } finally {
        await killer.stop();
        await stack.stop();
        await arena.close();
        await servers.stop();
      }
    },
    8 * 60_000,
  );
});
