import type { Json } from '@lifeboat/kernel';
import type { Cloud, ServiceName } from '@lifeboat/openstack-client';
import { closure } from '../closure.ts';
import type { Closure, Dangling } from '../closure.ts';
import type { Entity, Ref, Scope } from '../entity.ts';
import type { Finding } from '../finding.ts';
import type { Registry } from '../registry.ts';
import { keyOf, nameOf, refOf, topology } from '../topology.ts';
import type { Topology } from '../topology.ts';
import { listsOnce } from './lists-once.ts';
import { captured, readEntities, sealed } from './read-entities.ts';

/** Who belongs to a group: by id, and everything of a type with `byTag` that bears the tag or the metadata `lifeboat=<tag>`. */
export interface Selector {
  readonly ids?: readonly Ref[] | undefined;
  readonly tag?: string | undefined;
}

export interface CaptureRequest {
  readonly cloud: Cloud;
  readonly registry: Registry;
  readonly members: Selector;
  /** Makes a secret storable; called for the secrets of captured members only. */
  readonly seal: (value: string) => Json;
}

export interface CaptureResult {
  /** The members and all they depend on. */
  readonly topology: Topology;
  /** The chosen members that are there. */
  readonly roots: readonly Ref[];
  /** What of the project is in no closure of the members. */
  readonly unprotected: readonly Ref[];
  /** Referred to but not there; field `member` for a chosen member that is not. */
  readonly missing: readonly Finding[];
  readonly unseen: readonly Finding[];
  /** Seen in the project, of a type or state that is not carried. */
  readonly notCarried: readonly Finding[];
  readonly absentServices: readonly ServiceName[];
  /** What was spoken: another microversion shows other fields. */
  readonly microversions: Readonly<Record<string, string>>;
}

/**
 * Captures a group as it is now: lists every type of the project, follows the members' dependencies, and reads by id only what is not of
 * the project (shared networks, public images, flavors). Reads only; may run any number of times. Objects that go away meanwhile are
 * `missing`. Throws what the client throws when a service does not answer.
 */
export async function capture(request: CaptureRequest): Promise<CaptureResult> {
  const cloud = listsOnce(request.cloud);
  const { registry } = request;
  const who = await cloud.whoAmI();
  const scope: Scope = { projectId: who.projectId, isAdmin: who.isAdmin };
  const reading = await readEntities(cloud, registry, scope);
  const roots = rootsOf(reading.entities, registry, request.members);
  const { all, found } = await withForeign({ cloud, registry, scope }, reading.entities, roots);
  const members = topology(found.topology.entities.map((one) => sealed(registry.of(one.kind), one, request.seal)));
  return {
    topology: members,
    roots: roots.filter((root) => members.get(root)),
    unprotected: all.entities.filter((one) => !members.get(one)).map(refOf),
    missing: found.missing.map((edge) => missingFinding(edge, all)),
    unseen: members.entities.flatMap(unseenFindings),
    notCarried: reading.notCarried,
    absentServices: reading.absentServices,
    microversions: await microversionsOf(cloud),
  };
}

/** Named ids and tagged entities, once each. A named id that is not there stays in: the closure says that it is missing. */
export function rootsOf(entities: readonly Entity[], registry: Registry, members: Selector): readonly Ref[] {
  const { tag } = members;
  const tagged = tag === undefined ? [] : entities.filter((one) => registry.of(one.kind).byTag && bearsTag(one, tag));
  const roots = [...(members.ids ?? []), ...tagged].map(refOf);
  return [...new Map(roots.map((root) => [keyOf(root), root])).values()];
}

function bearsTag(one: Entity, tag: string): boolean {
  const { tags, metadata } = one.spec;
  if (Array.isArray(tags) && tags.includes(tag)) return true;
  return typeof metadata === 'object' && metadata !== null && 'lifeboat' in metadata && metadata['lifeboat'] === tag;
}

interface Source {
  readonly cloud: Cloud;
  readonly registry: Registry;
  readonly scope: Scope;
}

/** Reads what is referred to but was not listed, and what that refers to, until nothing more can be found. */
async function withForeign(source: Source, own: readonly Entity[], roots: readonly Ref[]): Promise<{ all: Topology; found: Closure }> {
  const asked = new Set<string>();
  let all = topology(own);
  for (;;) {
    const found = closure(all, source.registry, roots);
    const wanted = found.missing.map((edge) => edge.to).filter((to) => !asked.has(keyOf(to)) && source.registry.has(to.kind));
    if (wanted.length === 0) return { all, found };
    const unique = [...new Map(wanted.map((to) => [keyOf(to), to])).values()];
    for (const to of unique) asked.add(keyOf(to));
    const read = await Promise.all(unique.map((to) => readOne(source, to)));
    const implied = found.topology.entities.flatMap((one) => source.registry.of(one.kind).implies?.(one) ?? []);
    const wantedKeys = new Set(unique.map(keyOf));
    // What was read counts before what another entity remembers of it: the last one of a key wins.
    all = topology([...implied.filter((one) => wantedKeys.has(keyOf(one))), ...all.entities, ...read.flatMap((one) => one ?? [])]);
  }
}

async function readOne({ cloud, registry, scope }: Source, to: Ref): Promise<Entity | undefined> {
  const type = registry.of(to.kind);
  if (!(await cloud.has(type.service))) return undefined;
  const live = await type.get(cloud, to.id, scope);
  return live && captured(type, live, scope);
}

const missingFinding = (edge: Dangling, all: Topology): Finding =>
  edge.field === 'member'
    ? { code: 'member-missing', where: nameOf(edge.to), message: `The chosen ${edge.to.kind} ${edge.to.id} is not there.`, mend: 'Remove it from the group, or correct its id.' }
    : {
        code: 'reference-missing',
        where: nameOf(all.get(edge.from) ?? edge.from),
        message: `Its ${edge.field} ${nameOf(edge.to)} is not there or not to be seen with these credentials.`,
      };

const unseenFindings = (one: Entity): readonly Finding[] =>
  (one.unseen ?? []).map(({ field, reason }) => ({ code: 'field-unseen', where: nameOf(one), message: `${field} ${reason}.` }));

async function microversionsOf(cloud: Cloud): Promise<Readonly<Record<string, string>>> {
  const pairs = await Promise.all(
    (['compute', 'volume'] as const).map(async (service) => [service, (await cloud.has(service)) ? await cloud[service].microversion() : undefined] as const),
  );
  return Object.fromEntries(pairs.flatMap(([service, version]) => (version === undefined ? [] : [[service, version]])));
}
