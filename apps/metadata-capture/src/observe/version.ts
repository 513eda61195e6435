import { digestOf } from '@lifeboat/kernel';
import { refKey, refsOf } from '@lifeboat/openstack-entity-api';
import type { Entity } from '@lifeboat/openstack-entity-api';

export interface Version {
  readonly digest: string;
  readonly entity: Entity;
}

/** An entity with its content address. A sealed secret is another text each time it is sealed; its keyed digest is what makes it the same. */
export const versionOf = (entity: Entity): Version => ({ digest: digestOf(entity, '$sealed'), entity });

/** As a row of `entity_version`. */
export const rowOf = ({ digest, entity }: Version) => ({
  digest,
  kind: entity.kind,
  source_id: entity.id,
  content: entity,
  refs: [...new Set(refsOf(entity).map(([, ref]) => refKey(ref)))],
});
