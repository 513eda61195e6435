import { runOver } from '@lifeboat/demo';
import { newId } from '@lifeboat/kernel';
import { until } from '@lifeboat/testing';
import { GROUP } from './shop-group.ts';
import type { ProtectedShop } from './shop-group.ts';

export function lostStarts(of: () => ProtectedShop): void {
  it(
    'begins although NATS lost what starts it, with its whole store',
    async () => {
      const { api, stack, servers } = of();
      // It stands still while it is asked, and dies before it has seen what it was sent.
      process.kill(stack.process('saga').pid ?? 0, 'SIGSTOP');
      const { runId } = await api.points.request(GROUP, newId(), 'test');
      await until('it to be handed to NATS', async () => {
        const said = await stack.process('protection').metrics();
        return said.includes('lifeboat_queue_depth{service="protection",queue="outbox"} 0') ? true : undefined;
      });
      await servers.nats.wipe();
      await servers.nats.start();
      stack.process('saga').kill();
      expect((await runOver(api, runId)).outcome).toBe('completed');
    },
    4 * 60_000,
  );
}
