import { typeConformance } from '@lifeboat/openstack-entity-api';
import { entities } from './index.ts';

describe.each(entities.all.map((type) => [type.kind, type] as const))('%s', (_kind, type) => {
  for (const { name, run } of typeConformance(type, entities)) it(name, run);
});
