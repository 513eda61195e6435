import type { Policy, RunDetail } from '@lifeboat/contracts';
import { runOver } from '@lifeboat/demo';
import { newId } from '@lifeboat/kernel';
import { createShop, until } from '@lifeboat/testing';
import type { Shop } from '@lifeboat/testing';
import { stringify } from 'yaml';
import type { World } from './journeys.ts';

export const GROUP = 'shop';

/** A world with the shop as a group. */
export interface ProtectedShop extends World {
  readonly shop: Shop;
}

export async function putPolicy(
  { arena, api }: Pick<World, 'arena' | 'api'>,
  more: Partial<Policy>,
  said: { readonly endsApproval?: true } = {},
): Promise<void> {
  const rules = { drivers: [...arena.drivers], serverRoot: 'snapshot' as const };
  await api.policies.put({ name: 'gold', rpoSeconds: 0, keepPoints: 3, rules, ...more }, said);
}

/** The shop at the primary as a group, with no point of it yet. */
export async function protectedShop(here: World): Promise<ProtectedShop> {
  const { arena, api } = here;
  const shop = await createShop(arena.primaryCloud);
  const { primary, recovery } = arena;
  // Neutron makes a project's default group when somebody first asks: it is there before anything is compared.
  for (const cloud of [arena.primaryCloud, arena.recoveryCloud]) await cloud.network.get('/security-groups');
  for (const site of [primary, recovery]) await api.sites.put(site);
  await putPolicy(here, {});
  const ids = [
    ...Object.values(shop.servers).map((id) => ({ kind: 'server', id })),
    { kind: 'port', id: shop.ports.vip },
  ];
  await api.groups.put({ groupId: GROUP, name: 'Shop', primary, recovery, policy: 'gold', members: { ids } });
  return { ...here, shop };
}

/** The shop's plan: data first; of its first wave, and of all of it, this and that. */
export const planOf = (data: object, more: object = {}): string =>
  `# Data first.\n${stringify({
    apiVersion: 'lifeboat/v1',
    kind: 'RecoveryPlan',
    metadata: { name: 'shop-plan' },
    spec: {
      group: GROUP,
      waves: [
        { name: 'data', servers: [{ name: 'db-1' }], ...data },
        { name: 'web', servers: [{ tag: 'web' }] },
      ],
      ...more,
    },
  })}`;

export async function makePoint({ api }: Pick<World, 'api'>): Promise<RunDetail> {
  const { runId } = await api.points.request(GROUP, newId(), 'test');
  const run = await runOver(api, runId);
  if (run.error) throw new Error(`The point was not made: ${run.error.message} (${run.error.code})`);
  return run;
}

/** The run while one of its steps is so; `started`: or right after. */
export const at = ({ api }: Pick<World, 'api'>, runId: string, step: string, state = 'started'): Promise<RunDetail> =>
  until(
    `run ${runId} to be at "${step}" (${state})`,
    async () => {
      const run = await api.runs.get(runId).catch(() => undefined);
      const found = run?.steps.find(({ name }) => name === step)?.state;
      // On a busy machine a quick step is over before anybody has looked.
      return found === state || (state === 'started' && found === 'done') ? run : undefined;
    },
    { timeoutMs: 120_000, everyMs: 20 },
  );
