import type { Json } from '@lifeboat/kernel';
import type { Cloud } from '@lifeboat/openstack-client';
import { topology } from '@lifeboat/openstack-entity-api';
import { startSimulator } from '@lifeboat/openstack-simulator';
import type { Simulator } from '@lifeboat/openstack-simulator';
import { createShop, openSimulated, until } from '@lifeboat/testing';
import type { Shop } from '@lifeboat/testing';
import { PlansFile } from '../../plan/plans-file.ts';
import type { Served } from '../served.ts';
import type { Checking, SwitchKind, Switching } from '../switch-kind.ts';
import { designate } from './designate.ts';
import { floatingIp } from './floating-ip.ts';
import { members } from './members.ts';

type Item = Readonly<Record<string, unknown>> & { readonly id: string };

const served = (former: string, now: string, port?: Served['port']): Served => ({
  id: 'srv-1',
  name: 'web',
  former: [former],
  addresses: [now],
  ...(port && { port }),
});

describe('traffic switches on a played cloud', () => {
  let simulator: Simulator;
  let cloud: Cloud;
  let shop: Shop;
  beforeAll(async () => {
    const small = { gibBytes: 64 * 1024, imageBytes: 64 * 1024, guestEveryMs: 0, delayMs: 2 };
    simulator = await startSimulator({ ...small, name: 'beta', furtherServices: ['dns', 'load-balancer'] });
    cloud = openSimulated(simulator);
    shop = await createShop(cloud);
  }, 60_000);
  afterAll(async () => {
    await cloud.close();
    await simulator.stop();
  });

  const world = (plannedFrom?: string) =>
    ({
      cloud: () => Promise.resolve(cloud),
      target: 'beta',
      ...(plannedFrom !== undefined && { plannedFrom }),
    }) as unknown as Switching;
  const blockers = <W>(kind: SwitchKind<W, never>, what: W) =>
    kind.blockers(what, {
      cloud: () => Promise.resolve(cloud),
      target: 'beta',
      topology: topology([]),
      file: PlansFile.parse({}),
      where: 'here',
    } as unknown as Checking);
  /** As often as it wants to be called; and once more, which must change nothing. */
  const put = async <W, V extends Json>(kind: SwitchKind<W, V>, what: W, from: V | null, to: V) => {
    const putOnce = async () => ((await kind.put(what, from, to, world())) === 'going' ? undefined : true);
    await until('it to be done', putOnce, { everyMs: 5 });
    expect(await putOnce()).toBe(true);
  };
  /** There and back. What stood there before, and while it led elsewhere. */
  const thereAndBack = async <W, V extends Json>(kind: SwitchKind<W, V>, what: W, server: Served) => {
    const look = (of: Served) => kind.look?.(what, [of], world()) as Promise<V>;
    const before = await look(server);
    const after = kind.wanted(what, before, [server]);
    await put(kind, what, before, after);
    const back: Served = { ...server, former: server.addresses, addresses: server.former };
    const there = await look(back);
    await put(kind, what, there, before);
    expect(await look(server)).toEqual(before);
    return { before, there };
  };

  it('change a record set of Designate, make one that was not there, and put both back', async () => {
    const zone = await cloud.dns.post<Item>('/zones', { name: 'shop.example.', email: 'h@shop.example' });
    const records = ['172.24.4.9', '172.24.4.8'];
    const www = { zone: 'shop.example.', name: 'www.shop.example.', type: 'A' as const, servers: [] };
    await cloud.dns.post(`/zones/${zone.id}/recordsets`, { name: www.name, type: 'A', records, ttl: 3_600 });
    const server = served('172.24.4.9', '172.24.5.7');
    expect(await thereAndBack(designate, { ...www, ttl: 60 }, server)).toEqual({
      before: { ttl: 3_600, records },
      there: { ttl: 60, records: ['172.24.5.7'] },
    });
    expect(await thereAndBack(designate, { ...www, name: 'shop.example.' }, server)).toEqual({
      before: null,
      there: { ttl: null, records: ['172.24.5.7'] },
    });
  });

  it('are blocked by a zone that is not there, or is not made with the group', async () => {
    const what = { zone: 'other.example.', name: 'other.example.', type: 'A' as const, servers: [] };
    expect(await blockers(designate as never, what)).toMatchObject([{ code: 'plan-zone-unknown', where: 'here' }]);
    expect(await blockers(designate as never, { ...what, zone: 'shop.example.' })).toEqual([]);
  });

  it('replace members of a pool that stood for the group, keep all others, and put back weight and all', async () => {
    const balancing = cloud['load-balancer'];
    const free = async (id: string) =>
      until('the balancer to be free', async () => {
        const { loadbalancer } = await balancing.get<{ loadbalancer: Item }>(`/lbaas/loadbalancers/${id}`);
        return loadbalancer['provisioning_status'] === 'ACTIVE' ? true : undefined;
      });
    const { loadbalancer } = await balancing.post<{ loadbalancer: Item }>('/lbaas/loadbalancers', {
      loadbalancer: { name: 'world', vip_subnet_id: shop.subnetId },
    });
    await free(loadbalancer.id);
    const { pool } = await balancing.post<{ pool: Item }>('/lbaas/pools', {
      pool: { name: 'webs', loadbalancer_id: loadbalancer.id, protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN' },
    });
    for (const member of [
      { address: '172.24.4.9', protocol_port: 8080, weight: 7, name: 'web-at-home' },
      { address: '192.0.2.1', protocol_port: 80 },
    ]) {
      await free(loadbalancer.id);
      await balancing.post(`/lbaas/pools/${pool.id}/members`, { member });
    }
    const what = { site: 'beta', pool: 'webs', port: 8080, servers: [] };
    const { before, there } = await thereAndBack(members, what, served('172.24.4.9', '172.24.5.7'));
    expect(before).toMatchObject([{ address: '172.24.4.9', weight: 7, name: 'web-at-home' }]);
    expect(there).toMatchObject([{ address: '172.24.5.7', protocol_port: 8080, weight: 7 }]);
    const all: unknown[] = [];
    for await (const { address } of balancing.list<Item>(`/lbaas/pools/${pool.id}/members`, 'members'))
      all.push(address);
    expect(new Set(all)).toEqual(new Set(['172.24.4.9', '192.0.2.1']));
    expect(await blockers(members as never, what)).toEqual([]);
    expect(await blockers(members as never, { ...what, pool: 'none' })).toMatchObject([{ code: 'plan-pool-unknown' }]);
  });

  it('let a floating IP lead to the server, in place of the one that led there, and lead where it led', async () => {
    const { floatingip } = await cloud.network.post<{ floatingip: Item }>('/floatingips', {
      floatingip: { floating_network_id: shop.externalNetworkId, port_id: shop.ports.web2 },
    });
    const address = String(floatingip['floating_ip_address']);
    const what = { address, server: 'web' };
    const { port } = await cloud.network.get<{ port: { fixed_ips: readonly { ip_address: string }[] } }>(
      `/ports/${shop.ports.web1}`,
    );
    const at = { id: shop.ports.web1, address: port.fixed_ips[0]?.ip_address ?? '' };
    const { before, there } = await thereAndBack(floatingIp, what, served('-', '-', at));
    expect(before).toMatchObject({ port: shop.ports.web2 });
    expect(there).toEqual({ port: at.id, address: at.address });
    expect(await blockers(floatingIp as never, what)).toEqual([]);
    const unknown = { ...what, address: '192.0.2.99' };
    expect(await blockers(floatingIp as never, unknown)).toMatchObject([{ code: 'plan-floating-ip-unknown' }]);
  });

  it('take a floating IP off at the site that is left, where that is there to be asked', async () => {
    const { floatingip } = await cloud.network.post<{ floatingip: Item }>('/floatingips', {
      floatingip: { floating_network_id: shop.externalNetworkId, port_id: shop.ports.db1 },
    });
    const address = String(floatingip['floating_ip_address']);
    const calls: string[] = [];
    const left = { ...world('alpha'), cloud: (site: string) => Promise.resolve(calls.push(site)).then(() => cloud) };
    await floatingIp.put({ address, server: 'db-1' }, null, null, left);
    expect(calls).toEqual(['alpha', 'beta']);
    expect(await floatingIp.look?.({ address, server: 'db-1' }, [], world())).toBeNull();
  });
});
