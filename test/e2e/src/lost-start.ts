import { LifeboatApi } from '@lifeboat/api-client';
import { simulatedArena } from '@lifeboat/demo';
import { newId } from '@lifeboat/kernel';
import { createShop, startServers, startStack, until } from '@lifeboat/testing';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MIB = 1024 * 1024;

it(
  'a run that was asked for begins although NATS lost what starts it, with its whole store',
  async () => {
    const dir = mkdtempSync(join(tmpdir(), 'lifeboat-lost-start-'));
    const servers = await startServers();
    const arena = await simulatedArena(dir, 'admin', { gibBytes: MIB, imageBytes: MIB / 4 });
    const { databaseUrl, natsUrl } = servers;
    const stack = await startStack({ databaseUrl, natsUrl, cloudsFile: arena.cloudsFile, dir, env: arena.env });
    try {
      await createShop(arena.primaryCloud);
      const api = new LifeboatApi(stack.gatewayUrl, { patienceMs: 30_000 });
      await api.sites.put(arena.primary);
      await api.sites.put(arena.recovery);
      const rules = { drivers: [], serverRoot: 'snapshot' as const };
      await api.policies.put({ name: 'p', rpoSeconds: 0, keepPoints: 2, rules });
      const { primary, recovery } = arena;
      await api.groups.put({ groupId: 'g', name: 'g', primary, recovery, policy: 'p', members: { tag: 'shop' } });

      // It stands still while it is asked, and dies before it has seen what it was sent.
      process.kill(stack.process('saga').pid ?? 0, 'SIGSTOP');
      const { runId } = await api.points.request('g', newId(), 'test');
      await until('it to be handed to NATS', async () => {
        const said = await stack.process('protection').metrics();
        return said.includes('lifeboat_queue_depth{service="protection",queue="outbox"} 0') ? true : undefined;
      });
      await servers.nats.wipe();
      await servers.nats.start();
      stack.process('saga').kill();
      const run = await until(
        'the run to end',
        async () => {
          const now = await api.runs.get(runId).catch(() => undefined);
          return now && now.outcome !== 'running' ? now : undefined;
        },
        { timeoutMs: 120_000 },
      );
      expect(run.outcome).toBe('completed');
    } finally {
      await stack.stop();
      await arena.close();
      await servers.stop();
    }
  },
  4 * 60_000,
);
