import { notFound } from '@lifeboat/kernel';
import type { Live } from '@lifeboat/openstack-entity-api';
import type { Cloud } from '@lifeboat/openstack-client';

/** A thousand servers ask for a handful of flavors, one after the other: within so long one list tells all of them. */
const FRESH_MS = 10_000;

type Ids = ReadonlyMap<unknown, string>;

interface Told {
  readonly ids: Promise<Ids>;
  readonly staleAt: number;
}

const told = new WeakMap<Cloud, Told>();

/** The id that Nova wants of a flavor that goes by its name here. One that was not there a moment ago may be by now. */
export async function flavorIdOf(cloud: Cloud, name: string): Promise<string> {
  const before = known(cloud);
  const id = (await (before ?? listed(cloud))).get(name) ?? (before && (await since(cloud, before)).get(name));
  if (id !== undefined) return id;
  throw notFound('flavor-missing', `${cloud.site} has no flavor "${name}".`, {
    mend: 'Create it, or map the name to another one.',
  });
}

function known(cloud: Cloud): Promise<Ids> | undefined {
  const last = told.get(cloud);
  return last && Date.now() < last.staleAt ? last.ids : undefined;
}

/** By a list that was asked for later. */
function since(cloud: Cloud, before: Promise<Ids>): Promise<Ids> {
  const now = known(cloud);
  return now === undefined || now === before ? listed(cloud) : now;
}

function listed(cloud: Cloud): Promise<Ids> {
  const ids = read(cloud);
  told.set(cloud, { ids, staleAt: Date.now() + FRESH_MS });
  // Who waits for it hears of a failure; the next one asks again.
  ids.catch(() => told.delete(cloud));
  return ids;
}

async function read(cloud: Cloud): Promise<Ids> {
  const ids = new Map<unknown, string>();
  for await (const { id, name } of cloud.compute.list<Live>('/flavors', 'flavors')) ids.set(name, id);
  return ids;
}
