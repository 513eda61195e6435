import type { Entity } from '@lifeboat/openstack-entity-api';
import type { EntityManager } from 'typeorm';
import type { Place } from '../observe/observations.ts';

/** All of a project as it was known to stand at a moment. */
export async function entitiesAt(tx: EntityManager, { site, project }: Place, at: Date): Promise<Entity[]> {
  const rows: { content: Entity }[] = await tx.query(
    `select v.content from observation o join entity_version v on v.digest = o.digest
     where o.site = $1 and o.project = $2 and o.seen_from <= $3 and (o.seen_until is null or o.seen_until > $3)
     order by o.kind, o.source_id`,
    [site, project, at],
  );
  return rows.map(({ content }) => content);
}
