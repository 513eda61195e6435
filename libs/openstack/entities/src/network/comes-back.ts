import { canonicalJson } from '@lifeboat/kernel';
import type { Json } from '@lifeboat/kernel';
import type { Entity, Live, Returns, Target } from '@lifeboat/openstack-entity-api';
import type { Cloud } from '@lifeboat/openstack-client';
import { found, pick } from '../fields.ts';

type Fields = Readonly<Record<string, unknown>>;

const OURS = 'lifeboat-';
const tagsOf = (live: Fields): readonly string[] => (live['tags'] ?? []) as readonly string[];

/** Lists of Neutron's are sets: it answers them in any order. What is not said is null. */
function comparable(value: unknown): Json {
  if (Array.isArray(value)) return value.map(comparable).sort((a, b) => (canonicalJson(a) < canonicalJson(b) ? -1 : 1));
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, comparable(inner)]));
  return (value ?? null) as Json;
}

const same = (a: unknown, b: unknown): boolean => canonicalJson(comparable(a)) === canonicalJson(comparable(b));

/** Those of `wanted` that are otherwise now. */
const differing = (wanted: Fields, live: Fields): Record<string, unknown> =>
  Object.fromEntries(Object.entries(wanted).filter(([name, value]) => value !== undefined && !same(value, live[name])));

/** How an object of Neutron's comes back by one PUT of what differs, and its tags by another. */
export interface ByPut {
  readonly path: string;
  readonly key: string;
  /** Whether what stands there can serve at all. */
  readonly fits: (live: Live, kept: Entity, to: Target) => boolean;
  /** As Neutron would answer it; its own description too. `live`: for what is said only there. */
  readonly wanted: (kept: Entity, to: Target, live: Live) => Fields;
  /** What must be said with every change, or would be taken away. */
  readonly always?: (live: Live) => Fields;
  /** What is sent of what differs: without what these credentials may not change, with what Neutron wants said beside it. */
  readonly sent?: (differing: Fields, wanted: Fields, to: Target) => Fields;
  /** What may be changed, for the undo. */
  readonly fields: readonly string[];
}

export function comesBackByPut(by: ByPut): Returns {
  const now = (cloud: Cloud, id: string): Promise<Live | undefined> =>
    found<Live>(cloud.network.get(`${by.path}/${id}`), by.key);
  const put = async (cloud: Cloud, live: Live, wanted: Fields, to: Target): Promise<void> => {
    const changed = differing(wanted, live);
    const sent = by.sent?.(changed, wanted, to) ?? changed;
    if (Object.keys(sent).length > 0)
      await cloud.network.put(`${by.path}/${live.id}`, { [by.key]: { ...by.always?.(live), ...sent } });
  };
  const tag = async (cloud: Cloud, live: Live, tags: readonly string[]): Promise<void> => {
    if (!same(tags, tagsOf(live))) await cloud.network.put(`${by.path}/${live.id}/tags`, { tags });
  };
  return {
    async look(cloud, id, kept, to) {
      const live = await now(cloud, id);
      return live && by.fits(live, kept, to) ? pick(live, ...by.fields, 'tags') : undefined;
    },
    async restore(cloud, id, kept, to) {
      const live = await now(cloud, id);
      if (!live) return;
      await put(cloud, live, { description: kept.spec['description'] ?? '', ...by.wanted(kept, to, live) }, to);
      // The marks of a run that once made it stay: they say where it is from.
      const marks = tagsOf(live).filter((one) => one.startsWith(OURS));
      await tag(cloud, live, [...((kept.spec['tags'] ?? []) as readonly string[]), ...marks]);
    },
    async putBack(cloud, id, before, to) {
      const live = await now(cloud, id);
      if (!live) return;
      const { tags, ...fields } = before as Record<string, Json>;
      await put(cloud, live, fields, to);
      await tag(cloud, live, (tags ?? []) as readonly string[]);
    },
  };
}
