import type { Json } from '@lifeboat/kernel';
import { entity, userDescription } from '@lifeboat/openstack-entity-api';
import type { Live } from '@lifeboat/openstack-entity-api';
import { one, pick, ref, refs } from '../fields.ts';
import { callsOf, NOT_KEPT, ofTree, said, treeBody, treeSpec } from './tree.ts';
import { lacksTls, tlsPaths, tlsRefs, withLinks } from './tls.ts';

const calls = callsOf({ path: '/lbaas/pools', key: 'pool', plural: 'pools' });

const TLS = { tls_container_ref: 'tlsContainer', ca_tls_container_ref: 'ca', crl_container_ref: 'crl' };

/** Octavia refuses fields of another kind of persistence, even when they are empty. */
const persistence = (live: Live): Json =>
  said(
    (live['session_persistence'] ?? {}) as Record<string, unknown>,
    'type',
    'cookie_name',
    'persistence_timeout',
    'persistence_granularity',
  );

/** Octavia pool: the servers that a listener or a policy leads to. */
export const pool = entity({
  ...ofTree,
  ...calls,
  kind: 'pool',
  summary: 'Protocol, algorithm, session persistence, TLS to the members, state, name, description and tags.',
  notKept: NOT_KEPT,

  capture: (live) => ({
    id: live.id,
    name: String(live['name'] ?? ''),
    spec: {
      ...treeSpec(live, 'protocol', 'lb_algorithm', 'tls_enabled', 'tls_ciphers', 'tls_versions', 'alpn_protocols'),
      ...said({ session_persistence: persistence(live) }, 'session_persistence'),
      description: userDescription(live['description']),
    },
    refs: refs({
      loadBalancer: ref('load-balancer', (live['loadbalancers'] as readonly { id: string }[] | undefined)?.[0]?.id),
      ...tlsRefs(live, TLS),
    }),
    observed: pick(live, 'provisioning_status', 'created_at'),
  }),
  belongsTo: ['loadBalancer'],
  needs: ['loadBalancer', ...Object.values(TLS)],
  declines: (_cloud, kept, to) => Promise.resolve(lacksTls(kept, to, TLS)),
  body: (kept, to) => {
    const parent = one(kept, 'loadBalancer');
    return {
      // Not fields but paths, for the links that they have at the target.
      tls: tlsPaths(kept, to, TLS),
      pool: treeBody(kept, to, { loadbalancer_id: parent && to.id(parent) }),
    };
  },
  async create(cloud, { tls, pool: wanted }) {
    const links = await withLinks(cloud, tls as Record<string, unknown>);
    return calls.create(cloud, { pool: { ...(wanted as Record<string, unknown>), ...links } });
  },

  examples: [
    {
      live: {
        id: '4029d267-3983-4224-a3d0-afb3fe16a2cd',
        name: 'super-pool',
        description: 'Super Round Robin Pool',
        admin_state_up: true,
        protocol: 'HTTP',
        lb_algorithm: 'ROUND_ROBIN',
        loadbalancers: [{ id: '607226db-27ef-4d41-ae89-f2a800e9c2db' }],
        listeners: [{ id: '023f2e34-7806-443b-bfae-16c324569a3d' }],
        created_at: '2026-05-10T18:14:44',
        updated_at: '2026-05-10T23:08:12',
        provisioning_status: 'ACTIVE',
        operating_status: 'ONLINE',
        session_persistence: {
          type: 'APP_COOKIE',
          cookie_name: 'ChocolateChip',
          persistence_timeout: null,
          persistence_granularity: null,
        },
        members: [],
        healthmonitor_id: null,
        project_id: 'e3cd678b11784734bc366148aa37580e',
        tags: ['test_tag'],
        tls_container_ref: null,
        ca_tls_container_ref: 'http://198.51.100.10:9311/v1/secrets/5f0d5540-fae6-4646-85d6-8a84883807fb',
        crl_container_ref: null,
        tls_enabled: true,
        tls_ciphers: null,
        tls_versions: ['TLSv1.3'],
        alpn_protocols: [],
      },
      keeps: {
        id: '4029d267-3983-4224-a3d0-afb3fe16a2cd',
        name: 'super-pool',
        spec: {
          name: 'super-pool',
          admin_state_up: true,
          protocol: 'HTTP',
          lb_algorithm: 'ROUND_ROBIN',
          tls_enabled: true,
          tls_versions: ['TLSv1.3'],
          tags: ['test_tag'],
          session_persistence: { type: 'APP_COOKIE', cookie_name: 'ChocolateChip' },
          description: 'Super Round Robin Pool',
        },
        refs: {
          loadBalancer: { kind: 'load-balancer', id: '607226db-27ef-4d41-ae89-f2a800e9c2db' },
          ca: [{ kind: 'secret', id: '5f0d5540-fae6-4646-85d6-8a84883807fb' }],
        },
        observed: { provisioning_status: 'ACTIVE', created_at: '2026-05-10T18:14:44' },
      },
    },
  ],
});
