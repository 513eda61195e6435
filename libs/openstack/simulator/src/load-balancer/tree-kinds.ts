import type { NodeKind } from './load-balancer-state.ts';

export interface KindRules {
  /** Below `/v2/lbaas`; a held one is below its parent. */
  readonly path: string;
  readonly plural: string;
  /** What Octavia puts where a create call says nothing. Every field that one may have is named. */
  readonly defaults: Readonly<Record<string, unknown>>;
  readonly required: readonly string[];
  /** Fields of the create call that an update may not have. */
  readonly fixed: readonly string[];
  /** Field of the create call that names the parent; those of held kinds have it in their path. */
  readonly parent?: string;
  readonly parentKind?: 'listener' | 'pool' | 'l7policy';
  /** What Octavia calls one in a refusal. */
  readonly title: string;
}

const named = { name: '', admin_state_up: true, tags: [] };
const described = { ...named, description: '' };

/** Octavia 2.27 (2023.1), by its API reference. */
export const KINDS: Readonly<Record<NodeKind, KindRules>> = {
  listener: {
    title: 'Listener',
    path: '/listeners',
    plural: 'listeners',
    defaults: {
      ...described,
      protocol: null,
      protocol_port: null,
      connection_limit: -1,
      default_pool_id: null,
      insert_headers: {},
      default_tls_container_ref: null,
      sni_container_refs: [],
      timeout_client_data: 50_000,
      timeout_member_connect: 5_000,
      timeout_member_data: 50_000,
      timeout_tcp_inspect: 0,
      client_ca_tls_container_ref: null,
      client_authentication: 'NONE',
      client_crl_container_ref: null,
      allowed_cidrs: null,
      tls_ciphers: null,
      tls_versions: [],
      alpn_protocols: [],
    },
    required: ['protocol', 'protocol_port'],
    fixed: ['protocol', 'protocol_port'],
  },
  pool: {
    title: 'Pool',
    path: '/pools',
    plural: 'pools',
    defaults: {
      ...described,
      protocol: null,
      lb_algorithm: null,
      session_persistence: null,
      tls_container_ref: null,
      ca_tls_container_ref: null,
      crl_container_ref: null,
      tls_enabled: false,
      tls_ciphers: null,
      tls_versions: [],
      alpn_protocols: [],
    },
    required: ['protocol', 'lb_algorithm'],
    fixed: ['protocol'],
  },
  member: {
    title: 'Member',
    path: '/members',
    plural: 'members',
    defaults: {
      ...named,
      address: null,
      protocol_port: null,
      weight: 1,
      backup: false,
      subnet_id: null,
      monitor_port: null,
      monitor_address: null,
    },
    required: ['address', 'protocol_port'],
    fixed: ['address', 'protocol_port', 'subnet_id'],
    parentKind: 'pool',
  },
  healthmonitor: {
    title: 'HealthMonitor',
    path: '/healthmonitors',
    plural: 'healthmonitors',
    defaults: {
      ...named,
      type: null,
      delay: null,
      timeout: null,
      max_retries: null,
      max_retries_down: 3,
      http_method: null,
      url_path: null,
      expected_codes: null,
      http_version: null,
      domain_name: null,
    },
    required: ['type', 'delay', 'timeout', 'max_retries'],
    fixed: ['type'],
    parent: 'pool_id',
    parentKind: 'pool',
  },
  l7policy: {
    title: 'L7Policy',
    path: '/l7policies',
    plural: 'l7policies',
    defaults: {
      ...described,
      action: null,
      redirect_pool_id: null,
      redirect_url: null,
      redirect_prefix: null,
      redirect_http_code: null,
      position: 2_147_483_647,
    },
    required: ['action'],
    fixed: [],
    parent: 'listener_id',
    parentKind: 'listener',
  },
  rule: {
    title: 'L7Rule',
    path: '/rules',
    plural: 'rules',
    defaults: {
      admin_state_up: true,
      tags: [],
      type: null,
      compare_type: null,
      key: null,
      value: null,
      invert: false,
    },
    required: ['type', 'compare_type', 'value'],
    fixed: [],
    parentKind: 'l7policy',
  },
};
