import type { Json } from '@lifeboat/kernel';
import { canonicalJson, LifeboatError } from '@lifeboat/kernel';
import type { Entity, Live, Mark, Ref, Refs, Target } from '@lifeboat/openstack-entity-api';
import { markTags, userDescription, userTags } from '@lifeboat/openstack-entity-api';
import type { Cloud, ServiceClient } from '@lifeboat/openstack-client';

/** These fields of an answer or of what was kept of one, absent ones left out. A loop, as it is run for every entity of every crawl. */
export function pick(live: Readonly<Record<string, unknown>>, ...names: readonly string[]): Record<string, Json> {
  const picked: Record<string, Json> = {};
  for (const name of names) if (live[name] !== undefined) picked[name] = live[name] as Json;
  return picked;
}

/** A list that is a set, in one order: OpenStack answers it in any. */
export function byText(list: unknown): Json {
  const items = (list ?? []) as readonly Json[];
  return items.length < 2 ? [...items] : [...items].sort((a, b) => (canonicalJson(a) < canonicalJson(b) ? -1 : 1));
}

/** A reference, none for an absent id. */
export const ref = (kind: string, id: unknown): Ref | undefined =>
  typeof id === 'string' && id !== '' ? { kind, id } : undefined;

/** Without what is undefined or empty. */
export function refs(given: Readonly<Record<string, Ref | readonly (Ref | undefined)[] | undefined>>): Refs {
  const named: Record<string, Ref | readonly Ref[]> = {};
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    if ('kind' in value) named[name] = value;
    else {
      const there = value.filter((ref) => ref !== undefined);
      if (there.length > 0) named[name] = there;
    }
  }
  return named;
}

export const one = (entity: Entity, name: string): Ref | undefined => {
  const value = entity.refs[name];
  return Array.isArray(value) ? (value[0] as Ref | undefined) : (value as Ref | undefined);
};
export const many = (entity: Entity, name: string): readonly Ref[] =>
  [entity.refs[name] ?? []].flat() as readonly Ref[];

/** The object of a GET by id, `undefined` when it is not there. */
export async function found<T extends Live>(
  call: Promise<Readonly<Record<string, T>>>,
  key: string,
): Promise<T | undefined> {
  try {
    return (await call)[key];
  } catch (thrown) {
    if (thrown instanceof LifeboatError && (thrown.kind === 'not-found' || thrown.kind === 'forbidden'))
      return undefined;
    throw thrown;
  }
}

/** What all Neutron objects have: our mark is the description while the object is made, its tags afterwards. */
export const neutronSpec = (live: Live): Record<string, Json> => ({
  description: userDescription(live['description']),
  tags: userTags(live['tags']) as Json,
});

/**
 * Of Neutron's objects: written by agents, or counted up by whatever they write. Nobody is told of that, and none of it is the workload's: a version for each
 * would say that something changed where a server was only stopped.
 */
export const AGENTS_OWN = {
  status: 'agents report it, and no notification tells of that',
  revision_number: 'Neutron counts with it what agents write too',
} as const;

/** Ports that Octavia makes for its load balancers; the second is the owner that OVN's provider names. */
export const isOctavias = (deviceOwner: unknown): boolean =>
  /^(Octavia|neutron:LOADBALANCERV2$)/.test(String(deviceOwner));

/** Events of tags name what is tagged in two words, by Neutron's release. */
export const tagEventsOf = (collection: string): Record<string, readonly string[]> => ({
  'tag.': [`parent_resource=${collection}/parent_resource_id`, `obj_resource=${collection}/obj_resource_id`],
});

/** Tags are a second call; so is the real description, which comes last. */
export const tagNeutron = (cloud: Cloud, path: string, kept: Entity, mark: Mark): Promise<unknown> =>
  cloud.network.put(`${path}/tags`, {
    tags: [...((kept.spec['tags'] as readonly string[] | undefined) ?? []), ...markTags(mark)],
  });

export const describeNeutron = (
  cloud: Cloud,
  path: string,
  key: string,
  kept: Entity,
  more: Readonly<Record<string, unknown>> = {},
): Promise<unknown> => cloud.network.put(path, { [key]: { description: kept.spec['description'] ?? '', ...more } });

/** A create call's new id. */
export const created = async (
  service: ServiceClient,
  path: string,
  key: string,
  body: unknown,
  microversion?: string,
): Promise<string> =>
  (await service.post<Record<string, { id: string }>>(path, body, microversion ? { microversion } : {}))[key]?.id ?? '';

/** Without what is named. */
export const without = (
  fields: Readonly<Record<string, unknown>>,
  ...names: readonly string[]
): Record<string, unknown> => Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));

/** Without what the API would take for a wish. */
export const defined = (body: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));

/** The mapped object of a name at the target. */
export async function byName(
  items: AsyncIterable<Live>,
  kept: Entity,
  to: Target,
  rule: string,
): Promise<{ readonly id: string; readonly rule: string } | undefined> {
  const name = to.mapped(rule, kept.name);
  for await (const live of items)
    if (live['name'] === name)
      return { id: live.id, rule: name === kept.name ? `${rule} by name` : `${rule} "${kept.name}" to "${name}"` };
  return undefined;
}
