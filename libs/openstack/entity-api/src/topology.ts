import type { Entity, Ref, Topology } from './entity.ts';

export const refKey = (ref: Ref): string => `${ref.kind}/${ref.id}`;

/** All references of an entity, with the names they go by. */
export function refsOf(entity: Pick<Entity, 'refs'>): readonly (readonly [string, Ref])[] {
  const named: (readonly [string, Ref])[] = [];
  for (const [name, refs] of Object.entries(entity.refs))
    if ('kind' in refs) named.push([name, refs]);
    else for (const ref of refs) named.push([name, ref]);
  return named;
}

export function topology(entities: readonly Entity[]): Topology {
  const byKey = new Map(entities.map((entity) => [refKey(entity), entity]));
  const byKind = Map.groupBy(entities, (entity) => entity.kind);
  const referring = new Map<string, Entity[]>();
  for (const entity of entities)
    for (const key of new Set(refsOf(entity).map(([, ref]) => refKey(ref))))
      referring
        .set(key, referring.get(key) ?? [])
        .get(key)
        ?.push(entity);
  return {
    entities,
    get: (ref) => byKey.get(refKey(ref)),
    of: (kind) => byKind.get(kind) ?? [],
    referringTo: (ref) => referring.get(refKey(ref)) ?? [],
  };
}
