import { notFound } from '@lifeboat/kernel';
import { captureProject, detected } from '@lifeboat/openstack-entity-api';
import { forEachService } from '@lifeboat/openstack-client';
import type { Cloud, ServiceClient, ServiceName } from '@lifeboat/openstack-client';
import { entities } from './index.ts';

type Answers = Readonly<Record<string, unknown>>;

const answered = <T>(answer: T | undefined): Promise<T> =>
  answer === undefined ? Promise.reject(notFound('no-answer', 'There is no such thing.')) : Promise.resolve(answer);

/** A cloud that answers what is written here and has nothing else. */
const answering = (services: Partial<Record<ServiceName, Answers>>): Cloud => {
  const client = (name: ServiceName): ServiceClient => {
    const answer = (path: string): unknown => services[name]?.[path];
    return {
      name,
      microversion: () => Promise.resolve(undefined),
      supports: () => Promise.resolve(false),
      get: <T>(path: string, options?: { query?: unknown }) =>
        answered(answer(`${path}${JSON.stringify(options?.query ?? {})}`) as T | undefined),
      async *list<T>(path: string): AsyncGenerator<T> {
        yield* await Promise.resolve((answer(path) ?? []) as T[]);
      },
    } as unknown as ServiceClient;
  };
  return {
    site: 'written',
    ...forEachService(client),
    whoAmI: () => Promise.resolve({ userId: 'u', projectId: 'p', projectName: 'p', roles: ['member'], isAdmin: false }),
    has: (name) => Promise.resolve(name in services),
    close: () => Promise.resolve(),
  };
};
const look = (cloud: Cloud) => captureProject({ cloud, registry: entities, seal: (plain) => plain });

describe('types that are only detected', () => {
  it('are counted by kind, with a reason', async () => {
    const { all } = await look(
      answering({
        share: { '/shares/detail': [{ id: 's1', name: 'uploads' }] },
        network: { '/floatingips': [{ id: 'f1', floating_ip_address: '203.0.113.7' }] },
        dns: {
          '/reverse/floatingips': [
            { id: 'RegionOne:f1', address: '203.0.113.7', ptrdname: 'www.shop.example.' },
            { id: 'RegionOne:f2', address: '203.0.113.8', ptrdname: null },
          ],
        },
        orchestration: {
          '/stacks': [
            { id: 'h1', stack_name: 'shop' },
            { id: 'h2', stack_name: 'gone since it was listed' },
          ],
          '/stacks/shop/h1/resources{"nested_depth":5}': {
            resources: [
              { resource_type: 'OS::Nova::Server', physical_resource_id: 's2' },
              { resource_type: 'OS::Cinder::Volume', physical_resource_id: 'v1' },
              { resource_type: 'OS::Heat::WaitCondition', physical_resource_id: '' },
            ],
          },
        },
        'object-store': {
          '{"format":"json"}': [{ name: 'invoices' }, { name: 'reports' }],
          '{"format":"json","marker":"reports"}': [{ name: 'scans' }],
          '{"format":"json","marker":"scans"}': [],
        },
      }),
    );
    expect(detected(all, entities).map(({ kind, count, names }) => [kind, count, names])).toEqual([
      ['container', 3, ['invoices', 'reports', 'scans']],
      ['ptr-record', 1, ['www.shop.example.']],
      ['share', 1, ['uploads']],
      ['stack', 1, ['shop']],
    ]);
    expect(all.get({ kind: 'stack', id: 'h1' })?.observed['resources']).toEqual([
      { type: 'OS::Cinder::Volume', id: 'v1' },
      { type: 'OS::Nova::Server', id: 's2' },
    ]);
    expect(all.get({ kind: 'ptr-record', id: 'RegionOne:f1' })?.refs).toEqual({
      floatingIp: { kind: 'floating-ip', id: 'f1' },
    });
  });

  it('are absent, not in error, where their service is', async () => {
    const { absentServices, skipped } = await look(answering({ dns: {} }));
    expect(absentServices).toEqual(
      expect.arrayContaining(['key-manager', 'load-balancer', 'share', 'object-store', 'orchestration']),
    );
    expect(absentServices).not.toContain('dns');
    expect(skipped).toEqual([]);
  });
});
