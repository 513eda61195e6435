import { entity } from '@lifeboat/openstack-entity-api';
import type { Live } from '@lifeboat/openstack-entity-api';
import { found, pick, refs } from '../fields.ts';

/** Keystone project: mapped to that of the target credentials. Users and roles stay where they are. */
export const project = entity({
  kind: 'project',
  service: 'identity',
  schema: 1,
  provision: 'mapped',
  summary: 'Mapped to the project of the target credentials, never made; name and description are compared.',

  async *list(cloud, scope) {
    const live = await found<Live>(cloud.identity.get(`/projects/${scope.projectId}`), 'project');
    if (live) yield live;
  },
  get: (cloud, id) => found(cloud.identity.get(`/projects/${id}`), 'project'),
  notified: { 'identity.project.': ['resource_info'] },
  capture: (live) => ({
    id: live.id,
    name: String(live['name']),
    spec: pick(live, 'name', 'description', 'enabled'),
    refs: refs({}),
    observed: pick(live, 'domain_id'),
  }),
  find: (_cloud, _kept, to) => Promise.resolve({ id: to.projectId, rule: 'project of the target credentials' }),

  examples: [
    {
      live: { id: '4b9d', name: 'acme', description: 'A tenant', enabled: true, domain_id: 'default' },
      keeps: {
        id: '4b9d',
        name: 'acme',
        spec: { name: 'acme', description: 'A tenant', enabled: true },
        refs: {},
        observed: { domain_id: 'default' },
      },
    },
  ],
});
