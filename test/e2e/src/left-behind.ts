import type { SimulatedCloud } from '@lifeboat/testing';

type Inventory = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;

/** What a cloud holds, by kind: ids, with the looks of what a run may change and must not. */
export async function standing(cloud: SimulatedCloud): Promise<readonly string[]> {
  const all = await cloud.control<Inventory>('GET', '/inventory');
  return Object.entries(all)
    .flatMap(([kind, items]) => items.map((one) => `${kind} ${String(one['id'] ?? one['name'])} ${looks(kind, one)}`))
    .sort();
}

const LOOKS: Readonly<Record<string, readonly string[]>> = {
  images: ['visibility', 'protected', 'status', 'tags'],
  networks: ['name', 'shared'],
  ports: ['admin_state_up'],
  securityGroups: ['name', 'description'],
  projects: ['name'],
};

const looks = (kind: string, one: Readonly<Record<string, unknown>>): string =>
  JSON.stringify((LOOKS[kind] ?? []).map((field) => one[field] ?? null));

/** Whether anything in a cloud names a run, anywhere. */
export async function namesRun(cloud: SimulatedCloud, runId: string): Promise<boolean> {
  return JSON.stringify(await cloud.control<Inventory>('GET', '/inventory')).includes(runId);
}
