import type { Json } from '@lifeboat/kernel';
import type { Cloud } from '@lifeboat/openstack-client';
import { inParallel, keep, refKey, refsOf } from '@lifeboat/openstack-entity-api';
import type { Entity, EntityType, Live, Ref, Registry, Scope } from '@lifeboat/openstack-entity-api';
import type { Read, Seen } from './plan.ts';
import { versionOf } from './version.ts';

/** From so many of one kind on, its list is read instead of each by itself. */
export const LIST_FROM = 20;
const AT_ONCE = 8;

export interface Rereading {
  readonly cloud: Cloud;
  readonly registry: Registry;
  readonly seal: (plain: string) => Json;
  readonly scope: Scope;
}

type Owned = (live: Live) => Promise<boolean>;

/**
 * Reads entities as they are now, and what they refer to that is not `known`, and so on: what a sweep would find of them. What is neither the project's own
 * nor referred to by something of it (`wanted`) counts as not there.
 */
export async function reread(
  given: Rereading,
  refs: readonly Ref[],
  known: (refs: readonly Ref[]) => Promise<ReadonlySet<string>>,
  wanted: ReadonlySet<string>,
): Promise<readonly Read[]> {
  const reads = new Map<string, Read>();
  const asWanted = new Set<string>(wanted);
  let next = refs;
  while (next.length > 0) {
    for (const read of await readAll(given, next, asWanted)) reads.set(refKey(read), read);
    const named = [...reads.values()].flatMap(({ seen }) => (seen ? refsOf(seen.entity).map(([, ref]) => ref) : []));
    // What was read before anything was known to refer to it (an image, with the first server made of it) is read again as what it is.
    const unread = [...new Map(named.map((ref) => [refKey(ref), ref])).values()].filter(
      (ref) =>
        given.registry.has(ref.kind) &&
        (!reads.has(refKey(ref)) || (!reads.get(refKey(ref))?.seen && !asWanted.has(refKey(ref)))),
    );
    const there = unread.length > 0 ? await known(unread) : new Set<string>();
    next = unread.filter((ref) => !there.has(refKey(ref)));
    for (const ref of next) asWanted.add(refKey(ref));
  }
  return [...reads.values()];
}

async function readAll(given: Rereading, refs: readonly Ref[], wanted: ReadonlySet<string>): Promise<readonly Read[]> {
  const byKind = Map.groupBy(refs, (ref) => ref.kind);
  const reads = await Promise.all(
    [...byKind].map(async ([kind, some]) => {
      const type = given.registry.get(kind);
      if (!(await given.cloud.has(type.service))) return [];
      return some.length >= LIST_FROM ? readList(given, type, some, wanted) : readEach(given, type, some, wanted);
    }),
  );
  return reads.flat();
}

async function readEach(
  given: Rereading,
  type: EntityType,
  refs: readonly Ref[],
  wanted: ReadonlySet<string>,
): Promise<readonly Read[]> {
  const owned = ownership(given, type);
  const reads: Read[] = [];
  await inParallel(refs, AT_ONCE, async (ref) => void reads.push(await readOne(given, type, ref, { owned, wanted })));
  return reads;
}

async function readOne(
  given: Rereading,
  type: EntityType,
  { kind, id }: Ref,
  { owned, wanted }: { readonly owned: Owned; readonly wanted: ReadonlySet<string> },
): Promise<Read> {
  const at = new Date();
  const live = await (type.reread ?? type.get).call(type, given.cloud, id, given.scope);
  if (!live) return { kind, id, at };
  const mine = await owned(live);
  // What OpenStack made by itself is left out of the project's own, but may be what something refers to.
  if (mine && type.skip?.(live) === undefined) return { kind, id, at, seen: seenOf(given, type, live, 'owned') };
  if (!wanted.has(`${kind}/${id}`)) return { kind, id, at };
  const foreign = type.reread ? await type.get(given.cloud, id, given.scope) : live;
  return { kind, id, at, ...(foreign && { seen: seenOf(given, type, foreign, 'foreign') }) };
}

async function readList(
  given: Rereading,
  type: EntityType,
  refs: readonly Ref[],
  wanted: ReadonlySet<string>,
): Promise<readonly Read[]> {
  const at = new Date();
  const ours = new Map<string, Seen>();
  for await (const live of type.list(given.cloud, given.scope))
    if (type.skip?.(live) === undefined) {
      const seen = seenOf(given, type, live, 'owned');
      ours.set(seen.entity.id, seen);
    }
  const listed = refs.filter((ref) => ours.has(ref.id) || !wanted.has(refKey(ref)));
  const rest = refs.filter((ref) => !ours.has(ref.id) && wanted.has(refKey(ref)));
  const alone: Read[] = [];
  await inParallel(rest, AT_ONCE, async (ref) => {
    const asked = new Date();
    const live = await type.get(given.cloud, ref.id, given.scope);
    alone.push({ ...ref, at: asked, ...(live && { seen: seenOf(given, type, live, 'foreign') }) });
  });
  return [
    ...listed.map(({ kind, id }): Read => {
      const seen = ours.get(id);
      return { kind, id, at, ...(seen && { seen }) };
    }),
    ...alone,
  ];
}

const seenOf = (given: Rereading, type: EntityType, live: Live, origin: Seen['origin']): Seen => ({
  ...versionOf(keep(type, live, given, given.scope)),
  origin,
});

/**
 * Whether the project's list shows it. Most types say whose they are; where one does not, or is another's, the list itself is asked, once. (An image of the
 * project, say, is carried only when something refers to it; a rule in one of our groups may be an administrator's.)
 */
function ownership({ cloud, scope }: Rereading, type: EntityType): Owned {
  let listed: Promise<ReadonlySet<string>> | undefined;
  return async (live) => {
    const owner = live['project_id'] ?? live['tenant_id'] ?? live['os-vol-tenant-attr:tenant_id'];
    if (owner === scope.projectId) return true;
    listed ??= idsOf(type, cloud, scope);
    return (await listed).has(type.capture(live, scope).id);
  };
}

async function idsOf(type: EntityType, cloud: Cloud, scope: Scope): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  for await (const live of type.list(cloud, scope))
    if (type.skip?.(live) === undefined) ids.add(type.capture(live, scope).id);
  return ids;
}

/** What these entities are the only record of. */
export const impliedBy = (registry: Registry, entities: readonly Entity[]): readonly Entity[] =>
  entities.flatMap((entity) => registry.get(entity.kind).implies?.(entity) ?? []);
