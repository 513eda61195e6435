import { entity, refKey } from '@lifeboat/openstack-entity-api';
import { one, pick, ref, refs } from '../fields.ts';
import { callsOf, NOT_KEPT, ofTree, treeBody, treeSpec } from './tree.ts';

/** Octavia health monitor: how a pool finds out which of its members answer. */
export const healthMonitor = entity({
  ...ofTree,
  ...callsOf({ path: '/lbaas/healthmonitors', key: 'healthmonitor', plural: 'healthmonitors' }),
  kind: 'health-monitor',
  summary: 'Type, delay, timeout, retries, what is asked and which answers are good, state, name and tags.',
  notKept: NOT_KEPT,

  capture: (live) => ({
    id: live.id,
    name: String(live['name'] ?? ''),
    spec: treeSpec(
      live,
      'type',
      'delay',
      'timeout',
      'max_retries',
      'max_retries_down',
      'http_method',
      'http_version',
      'url_path',
      'expected_codes',
      'domain_name',
    ),
    refs: refs({ pool: ref('pool', (live['pools'] as readonly { id: string }[] | undefined)?.[0]?.id) }),
    observed: pick(live, 'provisioning_status', 'created_at'),
  }),
  belongsTo: ['pool'],
  needs: ['pool'],
  after: (self, all) => {
    const parent = one(self, 'pool');
    return parent ? all.referringTo(parent).filter((one) => one.kind === 'member' && refKey(one) !== refKey(self)) : [];
  },
  body: (kept, to) => {
    const parent = one(kept, 'pool');
    return { healthmonitor: treeBody(kept, to, { pool_id: parent && to.id(parent) }) };
  },

  examples: [
    {
      live: {
        id: '8ed3c5ac-6efa-420c-bedb-99ba14e58db5',
        name: 'super-pool-health-monitor',
        project_id: 'e3cd678b11784734bc366148aa37580e',
        admin_state_up: true,
        pools: [{ id: '4029d267-3983-4224-a3d0-afb3fe16a2cd' }],
        created_at: '2026-05-11T23:53:47',
        updated_at: '2026-05-11T23:53:47',
        provisioning_status: 'ACTIVE',
        operating_status: 'ONLINE',
        delay: 10,
        expected_codes: '200',
        max_retries: 1,
        http_method: 'GET',
        timeout: 5,
        max_retries_down: 3,
        url_path: '/',
        type: 'HTTP',
        tags: ['test_tag'],
        http_version: 1.1,
        domain_name: null,
      },
      keeps: {
        id: '8ed3c5ac-6efa-420c-bedb-99ba14e58db5',
        name: 'super-pool-health-monitor',
        spec: {
          name: 'super-pool-health-monitor',
          admin_state_up: true,
          type: 'HTTP',
          delay: 10,
          timeout: 5,
          max_retries: 1,
          max_retries_down: 3,
          http_method: 'GET',
          http_version: 1.1,
          url_path: '/',
          expected_codes: '200',
          tags: ['test_tag'],
        },
        refs: { pool: { kind: 'pool', id: '4029d267-3983-4224-a3d0-afb3fe16a2cd' } },
        observed: { provisioning_status: 'ACTIVE', created_at: '2026-05-11T23:53:47' },
      },
    },
  ],
});
