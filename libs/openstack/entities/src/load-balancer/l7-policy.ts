import { entity, userDescription } from '@lifeboat/openstack-entity-api';
import type { Entity, Topology } from '@lifeboat/openstack-entity-api';
import { one, pick, ref, refs } from '../fields.ts';
import { callsOf, NOT_KEPT, ofTree, treeBody, treeSpec } from './tree.ts';

/** Those of its listener that are asked before it. */
const earlier = (self: Entity, all: Topology): readonly Entity[] =>
  all
    .of('l7-policy')
    .filter(
      (other) =>
        one(other, 'listener')?.id === one(self, 'listener')?.id &&
        Number(other.spec['position']) < Number(self.spec['position']),
    );

/** Octavia L7 policy: where some requests of a listener go instead. Which ones is said by its rules, and the first that fits counts. */
export const l7Policy = entity({
  ...ofTree,
  ...callsOf({ path: '/lbaas/l7policies', key: 'l7policy', plural: 'l7policies' }),
  kind: 'l7-policy',
  summary:
    'Action, where it redirects to, place among the policies of its listener, state, name, description and tags.',
  notKept: NOT_KEPT,

  capture: (live) => ({
    id: live.id,
    name: String(live['name'] ?? ''),
    spec: {
      ...treeSpec(live, 'action', 'position', 'redirect_url', 'redirect_prefix', 'redirect_http_code'),
      description: userDescription(live['description']),
    },
    refs: refs({
      listener: ref('listener', live['listener_id']),
      redirectPool: ref('pool', live['redirect_pool_id']),
    }),
    observed: pick(live, 'provisioning_status', 'created_at'),
  }),
  belongsTo: ['listener'],
  needs: ['listener', 'redirectPool'],
  // Octavia counts positions without gaps: a later one that comes first gets another place.
  after: earlier,
  body: (kept, to) => {
    const [parent, target] = [one(kept, 'listener'), one(kept, 'redirectPool')];
    return {
      l7policy: treeBody(kept, to, {
        listener_id: parent && to.id(parent),
        redirect_pool_id: target && to.id(target),
      }),
    };
  },
  fields: (kept, to) =>
    earlier(kept, to.all).some((other) => to.maybe(other) === undefined)
      ? { position: { mapped: 'one before it is left out; the order is the same' } }
      : {},

  examples: [
    {
      live: {
        id: '8a1412f0-4c32-4257-8b07-af4770b604fd',
        name: 'redirect-example.com',
        description: 'Redirect requests to example.com',
        listener_id: '023f2e34-7806-443b-bfae-16c324569a3d',
        admin_state_up: true,
        rules: [{ id: 'efd6a3f8-73bf-47f0-8ae6-503ebda57372' }],
        created_at: '2026-06-24T23:25:14',
        updated_at: '2026-06-24T23:30:05',
        provisioning_status: 'ACTIVE',
        operating_status: 'ONLINE',
        redirect_http_code: 302,
        redirect_pool_id: null,
        redirect_prefix: null,
        redirect_url: 'http://www.example.com',
        action: 'REDIRECT_TO_URL',
        position: 1,
        project_id: 'e3cd678b11784734bc366148aa37580e',
        tags: ['test_tag'],
      },
      keeps: {
        id: '8a1412f0-4c32-4257-8b07-af4770b604fd',
        name: 'redirect-example.com',
        spec: {
          name: 'redirect-example.com',
          admin_state_up: true,
          action: 'REDIRECT_TO_URL',
          position: 1,
          redirect_url: 'http://www.example.com',
          redirect_http_code: 302,
          tags: ['test_tag'],
          description: 'Redirect requests to example.com',
        },
        refs: { listener: { kind: 'listener', id: '023f2e34-7806-443b-bfae-16c324569a3d' } },
        observed: { provisioning_status: 'ACTIVE', created_at: '2026-06-24T23:25:14' },
      },
    },
    {
      live: {
        id: 'd0553837-f890-4981-b99a-f7cbd6a76577',
        name: 'images',
        description: '',
        listener_id: '023f2e34-7806-443b-bfae-16c324569a3d',
        admin_state_up: true,
        provisioning_status: 'ACTIVE',
        redirect_http_code: null,
        redirect_pool_id: 'bac433c6-5bea-4311-80da-bd1cd90fbd25',
        action: 'REDIRECT_TO_POOL',
        position: 2,
        tags: [],
      },
      keeps: {
        id: 'd0553837-f890-4981-b99a-f7cbd6a76577',
        name: 'images',
        spec: {
          name: 'images',
          admin_state_up: true,
          action: 'REDIRECT_TO_POOL',
          position: 2,
          tags: [],
          description: '',
        },
        refs: {
          listener: { kind: 'listener', id: '023f2e34-7806-443b-bfae-16c324569a3d' },
          redirectPool: { kind: 'pool', id: 'bac433c6-5bea-4311-80da-bd1cd90fbd25' },
        },
        observed: { provisioning_status: 'ACTIVE' },
      },
    },
  ],
});
