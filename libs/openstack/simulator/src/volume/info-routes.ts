import type { Cloud } from '../cloud.ts';
import { get, ok, type Call, type Route } from '../http/call.ts';
import { microsTime } from '../state/identifiers.ts';
import { needAdmin } from './volume-policy.ts';

const version = (call: Call): unknown => ({
  id: 'v3.0',
  status: 'CURRENT',
  version: '3.70',
  min_version: '3.0',
  updated: '2022-08-31T00:00:00Z',
  links: [
    { rel: 'describedby', type: 'text/html', href: 'https://docs.openstack.org/' },
    { rel: 'self', href: `${call.origin}/volume/v3/` },
  ],
  'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.volume+json;version=3' }],
});

const extensions = [
  'os-vol-tenant-attr',
  'os-vol-host-attr',
  'os-vol-image-meta',
  'os-volume-actions',
  'os-quota-sets',
  'os-types-manage',
  'os-availability-zone',
  'backups',
  'os-services',
  'os-volume-manage',
  'os-extended-snapshot-attributes',
];

function services(cloud: Cloud): unknown[] {
  const common = {
    zone: 'nova',
    status: 'enabled',
    state: 'up',
    updated_at: microsTime(Date.now()),
    cluster: null,
    disabled_reason: null,
  };
  const host = `${cloud.settings.name}-control`;
  return [
    { binary: 'cinder-backup', host, ...common },
    { binary: 'cinder-scheduler', host, ...common },
    {
      binary: 'cinder-volume',
      host: `${host}@rbd`,
      ...common,
      backend_state: 'up',
      replication_status: 'disabled',
      active_backend_id: null,
      frozen: false,
    },
  ];
}

const pool = (cloud: Cloud): unknown => ({
  name: `${cloud.settings.name}-control@rbd#rbd`,
  capabilities: {
    volume_backend_name: 'rbd',
    storage_protocol: 'ceph',
    total_capacity_gb: 10000,
    free_capacity_gb: 9000,
    multiattach: true,
    thin_provisioning_support: true,
    backend_state: 'up',
  },
});

const empty = (path: string, key: string): Route => get(`/v3/{project}/${path}`, () => ok({ [key]: [] }));

/** Discovery, and what is shown but not played. */
export const infoRoutes = (cloud: Cloud): Route[] => [
  get('/', (call) => ({ status: 300, body: { versions: [version(call)] } }), true),
  get('/v3', (call) => ok({ versions: [version(call)] }), true),
  get('/v3/{project}/os-availability-zone', () =>
    ok({ availabilityZoneInfo: [{ zoneName: 'nova', zoneState: { available: true } }] }),
  ),
  get('/v3/{project}/extensions', () =>
    ok({
      extensions: extensions.map((alias) => ({
        name: alias,
        alias,
        description: '',
        updated: '2013-01-01T00:00:00+00:00',
        links: [],
      })),
    }),
  ),
  get('/v3/{project}/os-services', (call) => {
    needAdmin(call, 'volume_extension:services:index');
    return ok({ services: services(cloud) });
  }),
  get('/v3/{project}/scheduler-stats/get_pools', (call) => {
    needAdmin(call, 'scheduler_extension:scheduler_stats:get_pools');
    return ok({ pools: [pool(cloud)] });
  }),
  get('/v3/{project}/capabilities/{host}', () =>
    ok({ namespace: 'OS::Storage::Capabilities', volume_backend_name: 'rbd', properties: {} }),
  ),
  get('/v3/{project}/qos-specs', (call) => {
    needAdmin(call, 'volume_extension:qos_specs_manage:get_all');
    return ok({ qos_specs: [] });
  }),
  empty('group_snapshots', 'group_snapshots'),
  empty('group_snapshots/detail', 'group_snapshots'),
  empty('consistencygroups', 'consistencygroups'),
  empty('consistencygroups/detail', 'consistencygroups'),
  empty('volume-transfers', 'transfers'),
  empty('volume-transfers/detail', 'transfers'),
  empty('os-volume-transfer', 'transfers'),
  empty('os-volume-transfer/detail', 'transfers'),
  empty('messages', 'messages'),
  empty('resource_filters', 'resource_filters'),
  empty('clusters', 'clusters'),
];
