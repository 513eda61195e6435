import type { Json } from '@lifeboat/kernel';
import { entity } from '@lifeboat/openstack-entity-api';
import type { Live, Scope } from '@lifeboat/openstack-entity-api';
import type { Cloud } from '@lifeboat/openstack-client';
import { found, ref, refs } from '../fields.ts';

const WHERE = {
  compute: { path: '/os-quota-sets', key: 'quota_set' },
  network: { path: '/quotas', key: 'quota' },
  volume: { path: '/os-quota-sets', key: 'quota_set' },
} as const;
type Limited = keyof typeof WHERE;

const isLimited = (id: string): id is Limited => id in WHERE;

async function quotaSetOf(cloud: Cloud, service: string, { projectId }: Scope): Promise<Live | undefined> {
  if (!isLimited(service) || !(await cloud.has(service))) return undefined;
  const { path, key } = WHERE[service];
  const limits = await found<Live>(cloud[service].get(`${path}/${projectId}`), key);
  return limits && { ...limits, id: service };
}

async function* quotaSets(cloud: Cloud, scope: Scope): AsyncGenerator<Live> {
  for (const service of Object.keys(WHERE)) {
    const live = await quotaSetOf(cloud, service, scope);
    if (live) yield live;
  }
}

/** Cinder names a quota for each volume type, most of them without limit; those say nothing. */
const isTold = ([name, limit]: readonly [string, unknown]): boolean =>
  typeof limit === 'number' && (limit >= 0 || !/^(volumes|snapshots|gigabytes)_/.test(name));

/** A project's quotas of one service, which goes by the service's name. Compared and never changed: room is the operator's to give. */
export const quotaSet = entity({
  kind: 'quota-set',
  service: 'identity',
  schema: 1,
  provision: 'mapped',
  summary:
    'Quotas of the project in Nova, Neutron and Cinder: compared, never changed. What the workload needs of them is checked before a run.',
  notKept: {
    image:
      'Glance tells what is left only where the operator keeps its limits in Keystone; an upload without room is refused and said',
    'per_volume_gigabytes, injected files, metadata items': 'compared, but not counted before a run',
  },

  list: quotaSets,
  get: quotaSetOf,
  capture: ({ id, ...limits }, { projectId }) => ({
    id,
    name: id,
    spec: Object.fromEntries(Object.entries(limits).filter(isTold)) as Record<string, Json>,
    refs: refs({ project: ref('project', projectId) }),
    observed: {},
  }),
  belongsTo: ['project'],
  find: (_cloud, kept) =>
    Promise.resolve({ id: kept.id, rule: 'the quotas of the target, checked before a run and never changed' }),

  examples: [
    {
      live: { id: 'volume', volumes: 50, gigabytes: 1000, gigabytes_gold: 100, gigabytes_standard: -1, groups: 10 },
      keeps: {
        id: 'volume',
        name: 'volume',
        spec: { volumes: 50, gigabytes: 1000, gigabytes_gold: 100, groups: 10 },
        refs: { project: { kind: 'project', id: 'p1' } },
        observed: {},
      },
    },
  ],
});
