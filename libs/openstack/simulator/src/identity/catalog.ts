import { createHash } from 'node:crypto';
import type { Cloud } from '../cloud.ts';
import type { FurtherService } from '../settings.ts';

interface Entry {
  readonly type: string;
  readonly name: string;
  url(projectId: string): string;
}

const always: readonly Entry[] = [
  { type: 'identity', name: 'keystone', url: () => '/identity/v3' },
  { type: 'image', name: 'glance', url: () => '/image' },
  { type: 'compute', name: 'nova', url: () => '/compute/v2.1' },
  { type: 'network', name: 'neutron', url: () => '/network' },
  { type: 'volumev3', name: 'cinder', url: (projectId) => `/volume/v3/${projectId}` },
];

const further: Readonly<Record<FurtherService, Omit<Entry, 'type'>>> = {
  dns: { name: 'designate', url: () => '/dns' },
  'key-manager': { name: 'barbican', url: () => '/key-manager' },
  'load-balancer': { name: 'octavia', url: () => '/load-balancer' },
  orchestration: { name: 'heat', url: (projectId) => `/orchestration/v1/${projectId}` },
};

const entriesOf = ({ settings }: Pick<Cloud, 'settings'>): readonly Entry[] => [
  ...always,
  ...settings.furtherServices.map((type) => ({ type, ...further[type] })),
];

const interfaces = ['public', 'internal', 'admin'] as const;

/** Ids that stay the same for one cloud. */
const steadyId = (text: string): string => createHash('md5').update(text).digest('hex');

export const catalogOf = (cloud: Cloud, projectId: string): unknown[] =>
  entriesOf(cloud).map((entry) => ({
    id: steadyId(entry.type),
    type: entry.type,
    name: entry.name,
    endpoints: interfaces.map((side) => ({
      id: steadyId(entry.type + side),
      interface: side,
      region: cloud.settings.region,
      region_id: cloud.settings.region,
      url: cloud.origin + entry.url(projectId),
    })),
  }));

export const servicesOf = (
  cloud: Cloud,
): { id: string; type: string; name: string; enabled: boolean; links: unknown }[] =>
  entriesOf(cloud).map((entry) => ({
    id: steadyId(entry.type),
    type: entry.type,
    name: entry.name,
    enabled: true,
    links: { self: `${cloud.origin}/identity/v3/services/${steadyId(entry.type)}` },
  }));

export const endpointsOf = (cloud: Cloud): { id: string; service_id: string; interface: string }[] =>
  entriesOf(cloud).flatMap((entry) =>
    interfaces.map((side) => ({
      id: steadyId(entry.type + side),
      service_id: steadyId(entry.type),
      interface: side,
      enabled: true,
      region: cloud.settings.region,
      region_id: cloud.settings.region,
      url: cloud.origin + entry.url('$(project_id)s'),
      links: { self: `${cloud.origin}/identity/v3/endpoints/${steadyId(entry.type + side)}` },
    })),
  );
