import { entity, userDescription } from '@lifeboat/openstack-entity-api';
import { byText, one, pick, ref, refs } from '../fields.ts';
import { callsOf, NOT_KEPT, ofTree, said, treeBody, treeSpec } from './tree.ts';
import { lacksTls, tlsPaths, tlsRefs, withLinks } from './tls.ts';

const calls = callsOf({ path: '/lbaas/listeners', key: 'listener', plural: 'listeners' });

const TLS = {
  default_tls_container_ref: 'tlsContainer',
  sni_container_refs: 'sniContainers',
  client_ca_tls_container_ref: 'clientCa',
  client_crl_container_ref: 'clientCrl',
};

/** Octavia listener: a port of a load balancer, and where it leads to. One that ends TLS stands and falls with its certificates. */
export const listener = entity({
  ...ofTree,
  ...calls,
  kind: 'listener',
  summary:
    'Protocol, port, limits, timeouts, inserted headers, allowed CIDRs, TLS settings and certificates, HSTS, default pool, state, name, description and tags.',
  notKept: NOT_KEPT,

  capture: (live) => ({
    id: live.id,
    name: String(live['name'] ?? ''),
    spec: {
      ...treeSpec(live, 'protocol', 'protocol_port', 'connection_limit', 'insert_headers'),
      ...said(live, 'timeout_client_data', 'timeout_member_connect', 'timeout_member_data', 'timeout_tcp_inspect'),
      ...said(live, 'client_authentication', 'tls_ciphers', 'tls_versions', 'alpn_protocols'),
      // Without an age the other two say nothing.
      ...(typeof live['hsts_max_age'] === 'number' &&
        said(live, 'hsts_max_age', 'hsts_include_subdomains', 'hsts_preload')),
      ...said({ allowed_cidrs: byText(live['allowed_cidrs']) }, 'allowed_cidrs'),
      description: userDescription(live['description']),
    },
    refs: refs({
      loadBalancer: ref('load-balancer', (live['loadbalancers'] as readonly { id: string }[] | undefined)?.[0]?.id),
      pool: ref('pool', live['default_pool_id']),
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
      listener: treeBody(kept, to, {
        loadbalancer_id: parent && to.id(parent),
        default_pool_id: to.maybe(one(kept, 'pool')),
      }),
    };
  },
  async create(cloud, { tls, listener: wanted }) {
    const links = await withLinks(cloud, tls as Record<string, unknown>);
    return calls.create(cloud, { listener: { ...(wanted as Record<string, unknown>), ...links } });
  },

  examples: [
    {
      live: {
        id: '023f2e34-7806-443b-bfae-16c324569a3d',
        name: 'https',
        description: 'A TLS listener',
        admin_state_up: true,
        project_id: 'e3cd678b11784734bc366148aa37580e',
        protocol: 'TERMINATED_HTTPS',
        protocol_port: 443,
        connection_limit: -1,
        provisioning_status: 'ACTIVE',
        operating_status: 'ONLINE',
        default_tls_container_ref: 'http://198.51.100.10:9311/v1/containers/a570068c-d295-4780-91d4-3046a325db51',
        sni_container_refs: [
          'http://198.51.100.10:9311/v1/containers/a570068c-d295-4780-91d4-3046a325db51',
          'http://198.51.100.10:9311/v1/secrets/aaebb31e-7761-4826-8cb4-2b829caca3ee',
        ],
        loadbalancers: [{ id: '607226db-27ef-4d41-ae89-f2a800e9c2db' }],
        insert_headers: { 'X-Forwarded-For': 'true' },
        created_at: '2026-02-28T00:42:44',
        updated_at: '2026-02-28T00:44:30',
        default_pool_id: 'ddb2b28f-89e9-45d3-a329-a359c3e39e4a',
        l7policies: [{ id: '5e618272-339d-4a80-8d14-dbc093091bb1' }],
        timeout_client_data: 50000,
        timeout_member_connect: 5000,
        timeout_member_data: 50000,
        timeout_tcp_inspect: 0,
        tags: ['test_tag'],
        client_ca_tls_container_ref: null,
        client_authentication: 'NONE',
        client_crl_container_ref: null,
        allowed_cidrs: ['198.51.100.0/24', '192.0.2.0/24'],
        tls_ciphers: 'ECDHE-RSA-AES256-GCM-SHA384',
        tls_versions: ['TLSv1.2', 'TLSv1.3'],
        alpn_protocols: ['http/1.1', 'http/1.0'],
        hsts_include_subdomains: true,
        hsts_max_age: 31536000,
        hsts_preload: false,
      },
      keeps: {
        id: '023f2e34-7806-443b-bfae-16c324569a3d',
        name: 'https',
        spec: {
          name: 'https',
          admin_state_up: true,
          protocol: 'TERMINATED_HTTPS',
          protocol_port: 443,
          connection_limit: -1,
          insert_headers: { 'X-Forwarded-For': 'true' },
          tags: ['test_tag'],
          timeout_client_data: 50000,
          timeout_member_connect: 5000,
          timeout_member_data: 50000,
          timeout_tcp_inspect: 0,
          client_authentication: 'NONE',
          tls_ciphers: 'ECDHE-RSA-AES256-GCM-SHA384',
          tls_versions: ['TLSv1.2', 'TLSv1.3'],
          alpn_protocols: ['http/1.1', 'http/1.0'],
          hsts_max_age: 31536000,
          hsts_include_subdomains: true,
          hsts_preload: false,
          allowed_cidrs: ['192.0.2.0/24', '198.51.100.0/24'],
          description: 'A TLS listener',
        },
        refs: {
          loadBalancer: { kind: 'load-balancer', id: '607226db-27ef-4d41-ae89-f2a800e9c2db' },
          pool: { kind: 'pool', id: 'ddb2b28f-89e9-45d3-a329-a359c3e39e4a' },
          tlsContainer: [{ kind: 'secret-container', id: 'a570068c-d295-4780-91d4-3046a325db51' }],
          sniContainers: [
            { kind: 'secret-container', id: 'a570068c-d295-4780-91d4-3046a325db51' },
            { kind: 'secret', id: 'aaebb31e-7761-4826-8cb4-2b829caca3ee' },
          ],
        },
        observed: { provisioning_status: 'ACTIVE', created_at: '2026-02-28T00:42:44' },
      },
    },
  ],
});
