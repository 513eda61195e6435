import type { Members } from '@lifeboat/contracts';
import { entities } from '@lifeboat/openstack-entities';
import { refKey } from '@lifeboat/openstack-entity-api';
import type { Entity, Ref, Topology } from '@lifeboat/openstack-entity-api';

/** May be found by a query: what people tag, and what stacks make. */
export const QUERIED = ['server', 'volume'] as const;

type Queried = Pick<Entity, 'id' | 'spec'>;
/** What a Heat stack made is in its evidence. */
export type Stack = Pick<Entity, 'id' | 'name' | 'observed'>;

const metadataOf = (entity: Queried): Record<string, string> =>
  (entity.spec['metadata'] ?? {}) as Record<string, string>;

/** Whether a query says anything at all. */
export const queries = ({ tag, metadata, project, stack }: Members): boolean =>
  tag !== undefined || project === true || stack !== undefined || Object.keys(metadata ?? {}).length > 0;

/** Whether Heat says that a stack of this name or id made the entity. */
const madeBy = (stack: string, entity: Pick<Entity, 'id'>, stacks: readonly Stack[]): boolean =>
  stacks
    .filter(({ id, name }) => id === stack || name === stack)
    .some(({ observed }) =>
      ((observed['resources'] ?? []) as readonly { id: string }[]).some(({ id }) => id === entity.id),
    );

/** Whether a group's query finds this server or volume. `stacks`: all of the project's. Pure. */
export function found({ tag, metadata, project, stack }: Members, entity: Queried, stacks: readonly Stack[]): boolean {
  if (project === true) return true;
  if (stack !== undefined && madeBy(stack, entity, stacks)) return true;
  const bears = metadataOf(entity);
  const tagged =
    tag !== undefined &&
    (((entity.spec['tags'] ?? []) as readonly string[]).includes(tag) || bears['lifeboat'] === tag);
  const pairs = Object.entries(metadata ?? {});
  return tagged || (pairs.length > 0 && pairs.every(([key, value]) => bears[key] === value));
}

/** How the members of a group are found, and whom of those that its query finds it has let in: all, unless they are named. */
export interface Membership extends Members {
  /** By `refKey`. */
  readonly admitted?: ReadonlySet<string>;
}

export interface Roots {
  readonly roots: readonly Ref[];
  /** Named by id, but not there. */
  readonly missing: readonly Ref[];
}

/** What a project has beside its servers and volumes, and nothing refers to: a group of all of it holds that too. */
const aloneIn = (all: Topology): readonly Entity[] =>
  entities.all.filter(({ standsAlone }) => standsAlone).flatMap(({ kind }) => all.of(kind));

/** Who a group's members are, as things stand. Pure. */
export function rootsOf(members: Membership, all: Topology): Roots {
  const named = members.ids ?? [];
  const tagged = QUERIED.flatMap((kind) => all.of(kind))
    .filter((entity) => found(members, entity, all.of('stack')))
    .filter((entity) => members.admitted?.has(refKey(entity)) ?? true);
  const project = all.of('project')[0];
  const present = named.filter((ref) => all.get(ref));
  const alone = members.project === true ? aloneIn(all) : [];
  const roots = [...present, ...[...tagged, ...alone].map(({ kind, id }) => ({ kind, id }))];
  // The project is mapped with whatever is in it; alone it is nothing to protect.
  return {
    roots: roots.length > 0 && project ? [...roots, { kind: project.kind, id: project.id }] : roots,
    missing: named.filter((ref) => !all.get(ref)),
  };
}
