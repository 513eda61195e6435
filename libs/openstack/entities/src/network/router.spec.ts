import { topology } from '@lifeboat/openstack-entity-api';
import type { Entity, FieldRule, Target } from '@lifeboat/openstack-entity-api';
import type { Cloud } from '@lifeboat/openstack-client';
import { router } from './router.ts';

const entityOf = (kind: string, id: string, spec: Entity['spec'], refs: Entity['refs'] = {}): Entity => ({
  kind,
  id,
  name: id,
  spec,
  refs,
  observed: {},
});
const via = (nexthop: string) => ({ destination: '192.0.2.0/24', nexthop });
const routerWith = (...nexthops: readonly string[]): Entity =>
  entityOf('router', 'r', { name: 'edge', routes: nexthops.map(via), description: '' });
const around = [
  entityOf('subnet', 's4', { cidr: '10.0.0.0/24' }),
  entityOf('subnet', 's6', { cidr: 'fd00::/64' }),
  entityOf('subnet', 'other', { cidr: '10.9.0.0/24' }),
  entityOf(
    'router-interface',
    'i',
    {},
    {
      router: { kind: 'router', id: 'r' },
      subnets: [
        { kind: 'subnet', id: 's4' },
        { kind: 'subnet', id: 's6' },
      ],
    },
  ),
  entityOf(
    'router-interface',
    'j',
    {},
    {
      router: { kind: 'router', id: 'another' },
      subnets: [{ kind: 'subnet', id: 'other' }],
    },
  ),
];

function target(kept: Entity): Target {
  const all = topology([kept, ...around]);
  return { all, captured: (ref) => all.get(ref), isAdmin: true } as Target;
}

async function sent(kept: Entity): Promise<unknown> {
  const bodies: unknown[] = [];
  const put = (_path: string, body: unknown) => Promise.resolve(bodies.push(body));
  await router.finish?.({ network: { put } } as unknown as Cloud, 'there', kept, target(kept));
  return (bodies[0] as { router: { routes?: readonly { nexthop: string }[] } }).router.routes?.map(
    ({ nexthop }) => nexthop,
  );
}

const ruleOf = (kept: Entity): FieldRule | undefined =>
  typeof router.fields === 'function' ? router.fields(kept, target(kept))['routes'] : undefined;

describe('the routes of a router', () => {
  it('are sent when its interfaces stand, as one refused route is all refused', async () => {
    expect(router.body?.(routerWith('10.0.0.7'), { ...target(routerWith()), mark: { text: 'm' } } as Target)).toEqual({
      router: { name: 'edge', description: 'm' },
    });
    expect(await sent(routerWith('10.0.0.7', 'fd00::7'))).toEqual(['10.0.0.7', 'fd00::7']);
    expect(ruleOf(routerWith('10.0.0.7', 'fd00::7'))).toBeUndefined();
  });

  it.each([
    ['on the external network', '172.24.4.254'],
    ["on another router's network", '10.9.0.7'],
    ['on no network of the group', '10.1.0.7'],
  ])('are left out, and that is said, where the next hop is %s', async (_where, nexthop) => {
    const kept = routerWith('10.0.0.7', nexthop);
    expect(await sent(kept)).toEqual(['10.0.0.7']);
    expect(ruleOf(kept)?.dropped).toBe(`no carried network has the next hop of 192.0.2.0/24 via ${nexthop}`);
  });

  it('are taken back before interfaces go', async () => {
    const bodies: unknown[] = [];
    const put = (_path: string, body: unknown) => Promise.resolve(bodies.push(body));
    const kept = routerWith('10.0.0.7');
    await router.loosen?.({ network: { put } } as unknown as Cloud, 'there', kept, target(kept));
    expect(bodies).toEqual([{ router: { routes: [] } }]);
  });
});
