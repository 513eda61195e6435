import type { Members } from '@lifeboat/contracts';
import type { Entity, Ref, Topology } from '@lifeboat/openstack-entity-api';

/** May be named by tag: what people tag. */
const TAGGABLE = ['server', 'volume'] as const;

const bears = (entity: Entity, tag: string): boolean =>
  ((entity.spec['tags'] ?? []) as readonly string[]).includes(tag) ||
  ((entity.spec['metadata'] ?? {}) as Record<string, string>)['lifeboat'] === tag;

export interface Roots {
  readonly roots: readonly Ref[];
  /** Named by id, but not there. */
  readonly missing: readonly Ref[];
}

/** Who a group's members are, as things stand. Pure. */
export function rootsOf(members: Members, all: Topology): Roots {
  const named = members.ids ?? [];
  const tagged =
    members.tag === undefined
      ? []
      : TAGGABLE.flatMap((kind) => all.of(kind)).filter((entity) => bears(entity, members.tag ?? ''));
  const project = all.of('project')[0];
  const present = named.filter((ref) => all.get(ref));
  const roots = [...present, ...tagged.map(({ kind, id }) => ({ kind, id }))];
  // The project is mapped with whatever is in it; alone it is nothing to protect.
  return {
    roots: roots.length > 0 && project ? [...roots, { kind: project.kind, id: project.id }] : roots,
    missing: named.filter((ref) => !all.get(ref)),
  };
}
