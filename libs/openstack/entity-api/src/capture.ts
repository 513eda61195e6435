import { asLifeboatError } from '@lifeboat/kernel';
import type { Json } from '@lifeboat/kernel';
import type { Cloud } from '@lifeboat/openstack-client';
import { closure } from './closure.ts';
import type { Closure } from './closure.ts';
import type { Entity, EntityType, Live, Ref, Scope, Topology } from './entity.ts';
import type { Registry } from './registry.ts';
import { refKey, refsOf, topology } from './topology.ts';

export interface CaptureOptions {
  readonly cloud: Cloud;
  readonly registry: Registry;
  /** Seals a secret before it is stored anywhere. */
  readonly seal: (plain: string) => Json;
}

export interface Snapshot {
  /** All of the project, and the foreign things that any of it refers to. */
  readonly all: Topology;
  readonly skipped: readonly {
    readonly kind: string;
    readonly id: string;
    readonly name: string;
    readonly why: string;
  }[];
  readonly absentServices: readonly string[];
}

/** Everything a project has, by list calls; then, one by one, what it refers to and does not own (shared networks, public images, flavors). */
export async function captureProject(options: CaptureOptions): Promise<Snapshot> {
  const { cloud, registry } = options;
  const { projectId, isAdmin } = await cloud.whoAmI();
  const scope: Scope = { projectId, isAdmin };
  const present = await Promise.all(
    registry.all.map(async (type) => ((await cloud.has(type.service)) ? type : undefined)),
  );
  const types = present.filter((type) => type !== undefined);
  const skipped: Snapshot['skipped'][number][] = [];
  const lists = await Promise.all(types.map((type) => listOf(type, options, scope, skipped)));
  const owned = lists.flat();
  const foreign = await fetchForeign(owned, options, scope);
  const known = new Set([...owned, ...foreign].map(refKey));
  const implied = owned
    .flatMap((entity) => registry.get(entity.kind).implies?.(entity) ?? [])
    .filter((entity) => !known.has(refKey(entity)));
  const absentServices = [...new Set(registry.all.filter((type) => !types.includes(type)).map((type) => type.service))];
  return { all: topology([...owned, ...foreign, ...implied]), skipped, absentServices };
}

/** The part of a project that a group holds. */
export const captureGroup = (snapshot: Snapshot, registry: Registry, roots: readonly Ref[]): Closure =>
  closure(snapshot.all, registry, roots);

async function listOf(
  type: EntityType,
  options: CaptureOptions,
  scope: Scope,
  skipped: Snapshot['skipped'][number][],
): Promise<readonly Entity[]> {
  const found: Entity[] = [];
  try {
    for await (const live of type.list(options.cloud, scope)) {
      const why = type.skip?.(live);
      if (why === undefined) found.push(keep(type, live, options, scope));
      else
        skipped.push({ kind: type.kind, id: live.id, name: typeof live['name'] === 'string' ? live['name'] : '', why });
    }
  } catch (thrown) {
    // What these credentials may not list is said, and the rest is kept.
    const error = asLifeboatError(thrown);
    if (error.kind !== 'forbidden' || error.code === 'credentials-refused') throw thrown;
    skipped.push({ kind: type.kind, id: '', name: '', why: `these credentials may not list it: ${error.message}` });
  }
  return found;
}

function keep(type: EntityType, live: Live, options: CaptureOptions, scope: Scope): Entity {
  const captured = type.capture(live, scope);
  const spec = { ...captured.spec };
  for (const field of type.secrets ?? []) {
    const plain = spec[field];
    if (typeof plain === 'string' && plain !== '') spec[field] = options.seal(plain);
  }
  return { ...captured, kind: type.kind, spec };
}

async function fetchForeign(
  owned: readonly Entity[],
  options: CaptureOptions,
  scope: Scope,
): Promise<readonly Entity[]> {
  const known = new Set(owned.map(refKey));
  const found: Entity[] = [];
  let wanted = owned;
  while (wanted.length > 0) {
    const refs = new Map(
      wanted
        .flatMap((entity) => refsOf(entity).map(([, ref]) => [refKey(ref), ref] as const))
        .filter(([key]) => !known.has(key)),
    );
    const fetched = await Promise.all(
      [...refs.values()]
        .filter((ref) => options.registry.has(ref.kind))
        .map(async (ref) => {
          known.add(refKey(ref));
          const type = options.registry.get(ref.kind);
          const live = await type.get(options.cloud, ref.id, scope);
          return live && keep(type, live, options, scope);
        }),
    );
    wanted = fetched.filter((entity) => entity !== undefined);
    found.push(...wanted);
  }
  return found;
}
