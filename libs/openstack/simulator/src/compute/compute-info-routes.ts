import type { Cloud } from '../cloud.ts';
import { get, ok, type Call, type Route } from '../http/call.ts';
import { microsTime } from '../state/identifiers.ts';
import { needAdmin } from './compute-policy.ts';

const version = (call: Call): Record<string, unknown> => ({
  id: 'v2.1',
  status: 'CURRENT',
  version: '2.93',
  min_version: '2.1',
  updated: '2013-07-23T11:33:21Z',
  links: [{ rel: 'self', href: `${call.origin}/compute/v2.1/` }],
});

const oldVersion = (call: Call): Record<string, unknown> => ({
  id: 'v2.0',
  status: 'SUPPORTED',
  version: '',
  min_version: '',
  updated: '2011-01-21T11:33:21Z',
  links: [{ rel: 'self', href: `${call.origin}/compute/v2/` }],
});

const serviceIds = {
  'nova-scheduler': '2544d7d6-9b0c-4386-9f9a-1d511581ced2',
  'nova-conductor': 'c444d518-cde3-4777-a3fd-cdbf8b927215',
  'nova-compute': '375d487b-8084-452e-9f48-a3ff5fa55fbe',
};

function services(cloud: Cloud, call: Call): unknown[] {
  return Object.entries(serviceIds).map(([binary, id], index) => ({
    binary,
    host: `${cloud.settings.name}-compute`,
    id: call.minor >= 53 ? id : index + 1,
    zone: binary === 'nova-compute' ? 'nova' : 'internal',
    status: 'enabled',
    state: 'up',
    updated_at: microsTime(Date.now()),
    disabled_reason: null,
    ...(call.minor >= 11 && { forced_down: false }),
  }));
}

const hypervisor = (cloud: Cloud): Record<string, unknown> => ({
  id: '4884121d-6551-4cc4-89a5-61b490022ad5',
  hypervisor_hostname: 'vm',
  state: 'up',
  status: 'enabled',
  hypervisor_type: 'QEMU',
  hypervisor_version: 7_002_022,
  host_ip: '127.0.0.1',
  service: { id: serviceIds['nova-compute'], host: `${cloud.settings.name}-compute`, disabled_reason: null },
  uptime: ' 21:52:58 up 1:20, 0 user, load average: 0.16, 0.21, 0.72\n',
});

function zones(cloud: Cloud, detail: boolean): unknown[] {
  const at = microsTime(Date.now());
  const host = (names: readonly string[]): unknown =>
    detail
      ? {
          [`${cloud.settings.name}-compute`]: Object.fromEntries(
            names.map((name) => [name, { available: true, active: true, updated_at: at }]),
          ),
        }
      : null;
  const zone = (zoneName: string, names: readonly string[]): unknown => ({
    zoneName,
    zoneState: { available: true },
    hosts: host(names),
  });
  return [...(detail ? [zone('internal', ['nova-scheduler', 'nova-conductor'])] : []), zone('nova', ['nova-compute'])];
}

export const computeInfoRoutes = (cloud: Cloud): Route[] => [
  get('/', (call) => ok({ versions: [oldVersion(call), version(call)] }), true),
  get(
    '/v2.1',
    (call) =>
      ok({
        version: {
          ...version(call),
          'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.compute+json;version=2.1' }],
        },
      }),
    true,
  ),
  get('/v2.1/os-availability-zone', () => ok({ availabilityZoneInfo: zones(cloud, false) })),
  get('/v2.1/os-availability-zone/detail', (call) => {
    needAdmin(call, 'os-availability-zone:detail');
    return ok({ availabilityZoneInfo: zones(cloud, true) });
  }),
  get('/v2.1/os-services', (call) => {
    needAdmin(call, 'os-services:list');
    return ok({ services: services(cloud, call) });
  }),
  get('/v2.1/os-hypervisors', (call) => {
    needAdmin(call, 'os-hypervisors:list');
    return ok({
      hypervisors: [{ id: hypervisor(cloud)['id'], hypervisor_hostname: 'vm', state: 'up', status: 'enabled' }],
    });
  }),
  get('/v2.1/os-hypervisors/detail', (call) => {
    needAdmin(call, 'os-hypervisors:list-detail');
    return ok({ hypervisors: [hypervisor(cloud)] });
  }),
  get('/v2.1/os-aggregates', (call) => {
    needAdmin(call, 'os-aggregates:index');
    return ok({ aggregates: [] });
  }),
  get('/v2.1/extensions', () => ok({ extensions: [] })),
];
