import { conflict } from '@lifeboat/kernel';
import { MemoryLedger, removeAll, topology } from '@lifeboat/openstack-entity-api';
import type { Entity, Rebuild, Target } from '@lifeboat/openstack-entity-api';
import type { Cloud } from '@lifeboat/openstack-client';
import { entities } from '../index.ts';
import { listener } from './listener.ts';
import { loadBalancer } from './load-balancer.ts';
import { pool } from './pool.ts';

const kept = (type: typeof listener, more: Partial<Entity> = {}): Entity => {
  const [example] = type.examples;
  if (!example) throw new Error('There is no example.');
  return { ...example.keeps, kind: type.kind, ...more };
};

/** What an Octavia and a Barbican were asked. */
function playing(answers: Readonly<Record<string, unknown>>) {
  const asked: (readonly [string, unknown])[] = [];
  const answer = (method: string, path: string, sent?: unknown): Promise<unknown> => {
    asked.push([`${method} ${path}`, sent]);
    return Promise.resolve(answers[`${method} ${path}`] ?? {});
  };
  const service = {
    get: (path: string) => answer('GET', path),
    post: (path: string, body: unknown) => answer('POST', path, body),
    delete: (path: string, options?: { query?: unknown }) => answer('DELETE', path, options?.query),
    async *list(path: string, key: string) {
      yield* ((await answer('GET', path)) as Record<string, unknown[]>)[key] ?? [];
    },
  };
  const cloud = {
    site: 'beta',
    'load-balancer': service,
    'key-manager': service,
    network: service,
    has: () => Promise.resolve(true),
    whoAmI: () => Promise.resolve({ projectId: 'p', isAdmin: false }),
  };
  return { asked, cloud: cloud as unknown as Cloud };
}

const there = (...all: readonly Entity[]): Target =>
  ({
    id: ({ id }) => `there-${id}`,
    maybe: (ref) => ref && `there-${ref.id}`,
    captured: (ref) => topology(all).get(ref),
    all: topology(all),
    mark: { runId: 'r', origin: 'alpha/x/y', text: 'lifeboat:r:alpha/x/y' },
    isAdmin: false,
  }) as Target;

describe('a listener that ends TLS', () => {
  const one = kept(listener);
  const certificate = (id: string, kind: string): Entity => ({ kind, id, name: '', spec: {}, refs: {}, observed: {} });
  const certificates = [
    certificate('a570068c-d295-4780-91d4-3046a325db51', 'secret-container'),
    certificate('aaebb31e-7761-4826-8cb4-2b829caca3ee', 'secret'),
  ];

  it("gets the links that the target's Barbican has for its certificates", async () => {
    const [container, secret] = ['https://b.beta/v1/containers/x', 'https://b.beta/v1/secrets/y'];
    const { asked, cloud } = playing({
      'GET /containers/there-a570068c-d295-4780-91d4-3046a325db51': { container_ref: container },
      'GET /secrets/there-aaebb31e-7761-4826-8cb4-2b829caca3ee': { secret_ref: secret },
      'POST /lbaas/listeners': { listener: { id: 'new' } },
    });
    expect(await listener.create?.(cloud, listener.body?.(one, there(...certificates)) ?? {})).toBe('new');
    expect(asked.at(-1)?.[1]).toMatchObject({
      listener: { default_tls_container_ref: container, sni_container_refs: [container, secret] },
    });
  });

  it('is not made when nobody could read its certificates', async () => {
    const { cloud } = playing({});
    expect(await listener.declines?.(cloud, one, there(...certificates))).toBeUndefined();
    expect(await listener.declines?.(cloud, one, there())).toMatch(/secret-container a570068c.* could not be captured/);
  });
});

describe('a load balancer', () => {
  const offers = {
    'GET /lbaas/providers': { providers: [{ name: 'amphora' }, { name: 'ovn' }] },
    'GET /lbaas/flavors': { flavors: [{ id: 'f-there', name: 'pair' }] },
    'POST /lbaas/loadbalancers': { loadbalancer: { id: 'new' } },
  };
  const made = async (spec: Entity['spec']): Promise<unknown> => {
    const { asked, cloud } = playing(offers);
    const one = kept(loadBalancer, { spec, refs: {} });
    await loadBalancer.create?.(cloud, loadBalancer.body?.(one, there()) ?? {});
    const [, sent] = asked.at(-1) ?? [];
    return (sent as { loadbalancer: unknown } | undefined)?.loadbalancer;
  };

  it('asks for the flavor, or else the provider, that the target has by that name, and for no other', async () => {
    expect(await made({ provider: 'ovn', flavor: 'pair' })).toMatchObject({ flavor_id: 'f-there' });
    expect(await made({ provider: 'ovn', flavor: 'pair' })).not.toHaveProperty('provider');
    expect(await made({ provider: 'ovn', flavor: 'huge' })).toMatchObject({ provider: 'ovn' });
    const unknown = await made({ provider: 'f5', availability_zone: 'az1' });
    for (const field of ['provider', 'flavor_id', 'availability_zone']) expect(unknown).not.toHaveProperty(field);
  });

  it('says that a flavor which nobody could name is lost', () => {
    const [{ live } = { live: { id: '' } }] = loadBalancer.examples;
    const { flavor_name: _, ...nameless } = live as Record<string, unknown> & { id: string };
    expect(loadBalancer.capture(nameless, { projectId: 'p', isAdmin: false }).unseen).toMatchObject([
      { field: 'flavor' },
    ]);
  });

  it('that failed, and takes no change any more, is removed with all below it', async () => {
    const one = kept(loadBalancer, { refs: {} });
    const below = kept(pool, { refs: { loadBalancer: { kind: 'load-balancer', id: one.id } } });
    let [state, tree] = ['ERROR', ['lb', 'pool']];
    const marked = (id: string) => ({ id, provisioning_status: state, tags: [] as string[] });
    const tags = (id: string) => ['lifeboat-run=r', `lifeboat-origin=${id}`];
    const service = {
      get: () => Promise.resolve({ loadbalancer: { ...marked('lb'), tags: tags(one.id) } }),
      async *list(path: string) {
        await Promise.resolve();
        if (path === '/lbaas/loadbalancers' && tree.includes('lb')) yield { ...marked('lb'), tags: tags(one.id) };
        if (path === '/lbaas/pools' && tree.includes('pool')) yield { ...marked('pool'), tags: tags(below.id) };
      },
      delete: (path: string, options?: { query?: { cascade?: boolean } }) => {
        if (options?.query?.cascade !== true)
          return Promise.reject(conflict('openstack-conflict', 'Load Balancer lb is immutable and cannot be updated.'));
        [state, tree] = ['PENDING_DELETE', []];
        return Promise.resolve(path.endsWith('/lb'));
      },
    };
    const cloud = { ...playing({}).cloud, 'load-balancer': service } as unknown as Cloud;
    const run: Rebuild = {
      runId: 'r',
      source: 'alpha',
      cloud,
      registry: entities,
      topology: topology([one, below]),
      ledger: new MemoryLedger(),
      provided: new Map(),
      mappings: {},
      open: String,
      signal: new AbortController().signal,
    };
    expect((await removeAll(run)).left).toEqual([]);
    expect(tree).toEqual([]);
  });
});
