import type { Cloud } from '@lifeboat/openstack-client';
import type { Live, Ref } from '@lifeboat/openstack-entity-api';
import { purgeProject } from '@lifeboat/testing';
import { TwoClouds } from './simulated/two-clouds.ts';
import type { Recovered } from './simulated/two-clouds.ts';

const MINUTE = 60_000;

type Made<K extends string> = Record<K, { readonly id: string }>;
interface Nic {
  readonly port_id: string;
  readonly mac_addr: string;
  readonly fixed_ips: readonly { readonly ip_address: string }[];
}

/** A server with a port of its user's and one that Nova made; changed while it was away. */
describe('a server that comes home', () => {
  let clouds: TwoClouds;
  let home: Cloud;
  let away: Cloud;
  let ids: Readonly<
    Record<'network' | 'subnet' | 'router' | 'group' | 'port' | 'server' | 'floatingIp' | 'novas' | 'joint', string>
  >;
  let gone: Recovered;
  let images: { readonly home: string; readonly away: string };

  const list = async (at: Cloud, path: string, key: string, query = {}): Promise<readonly Live[]> => {
    const found: Live[] = [];
    for await (const one of at.network.list<Live>(path, key, { query })) found.push(one);
    return found;
  };
  const nics = async (at: Cloud, server: string): Promise<readonly Nic[]> =>
    (await at.compute.get<{ interfaceAttachments: Nic[] }>(`/servers/${server}/os-interface`)).interfaceAttachments;
  const addresses = (of: readonly Nic[]) => of.map(({ mac_addr, fixed_ips }) => [mac_addr, fixed_ips[0]?.ip_address]);
  const status = async (at: Cloud, server: string, wanted: string): Promise<void> => {
    for (let turn = 0; turn < 200; turn++) {
      const { server: live } = await at.compute.get<{ server: { status: string } }>(`/servers/${server}`);
      if (live.status === wanted) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`server ${server} is not ${wanted}`);
  };
  const imageOf = async (at: Cloud): Promise<string> => {
    for await (const one of at.image.list<Live>('/images', 'images')) if (one['name'] === 'guest') return one.id;
    throw new Error('there is no guest image');
  };
  const rulesOf = async (at: Cloud, group: string): Promise<readonly string[]> =>
    (await list(at, '/security-group-rules', 'security_group_rules', { security_group_id: group }))
      .map((rule) => `${String(rule['direction'])} ${String(rule['protocol'])} ${String(rule['port_range_min'])}`)
      .toSorted();
  const looks = async () => {
    const get = async (path: string, key: string): Promise<Live | undefined> =>
      (await home.network.get<Record<string, Live>>(path))[key];
    const network = await get(`/networks/${ids.network}`, 'network');
    const subnet = await get(`/subnets/${ids.subnet}`, 'subnet');
    const port = await get(`/ports/${ids.port}`, 'port');
    const ip = await get(`/floatingips/${ids.floatingIp}`, 'floatingip');
    const router = await get(`/routers/${ids.router}`, 'router');
    return {
      network: [network?.['name'], network?.['description'], network?.['tags']],
      subnet: [subnet?.['dns_nameservers'], subnet?.['enable_dhcp']],
      port: [port?.['description'], port?.['security_groups'], port?.['mac_address'], port?.['fixed_ips']],
      floatingIp: [ip?.['port_id'], ip?.['fixed_ip_address'], ip?.['floating_ip_address'], ip?.['description']],
      router: [router?.['external_gateway_info'], router?.['routes']],
      rules: await rulesOf(home, ids.group),
      nics: addresses(await nics(home, ids.server)),
    };
  };

  beforeAll(async () => {
    clouds = await TwoClouds.start();
    [home, away] = [clouds.open(clouds.here), clouds.open(clouds.there)];
    images = { home: await imageOf(home), away: await imageOf(away) };
    const net = home.network;
    const [external] = (await list(home, '/networks', 'networks')).filter((one) => one['router:external'] === true);
    const { network } = await net.post<Made<'network'>>('/networks', { network: { name: 'web' } });
    const { subnet } = await net.post<Made<'subnet'>>('/subnets', {
      subnet: { network_id: network.id, ip_version: 4, cidr: '10.9.0.0/24', dns_nameservers: ['192.0.2.1'] },
    });
    const { router } = await net.post<Made<'router'>>('/routers', {
      router: { name: 'edge', external_gateway_info: { network_id: external?.id } },
    });
    await net.put(`/routers/${router.id}/add_router_interface`, { subnet_id: subnet.id });
    const [joint] = await list(home, '/ports', 'ports', { device_id: router.id, network_id: network.id });
    const { security_group: group } = await net.post<Made<'security_group'>>('/security-groups', {
      security_group: { name: 'web' },
    });
    await net.post('/security-group-rules', {
      security_group_rule: {
        security_group_id: group.id,
        direction: 'ingress',
        protocol: 'tcp',
        port_range_min: 22,
        port_range_max: 22,
      },
    });
    const { port } = await net.post<Made<'port'>>('/ports', {
      port: { network_id: network.id, security_groups: [group.id], description: 'front' },
    });
    const { floatingip } = await net.post<Made<'floatingip'>>('/floatingips', {
      floatingip: { floating_network_id: external?.id, port_id: port.id, description: 'door' },
    });
    const { flavors } = await home.compute.get<{ flavors: readonly { id: string; name: string }[] }>('/flavors');
    const { server } = await home.compute.post<Made<'server'>>('/servers', {
      server: {
        name: 'web',
        imageRef: images.home,
        flavorRef: flavors.find(({ name }) => name === 'tiny')?.id,
        networks: [{ port: port.id }, { uuid: network.id }],
      },
    });
    await status(home, server.id, 'ACTIVE');
    const novas = (await nics(home, server.id)).find(({ port_id }) => port_id !== port.id)?.port_id ?? '';
    ids = {
      network: network.id,
      subnet: subnet.id,
      router: router.id,
      group: group.id,
      port: port.id,
      server: server.id,
      floatingIp: floatingip.id,
      novas,
      joint: joint?.id ?? '',
    };
    gone = await clouds.recover(home, away, [{ kind: 'server', id: server.id }], {
      provided: new Map([[`image/${images.home}`, images.away]]),
    });
    await home.compute.post(`/servers/${server.id}/action`, { 'os-stop': null });
    await status(home, server.id, 'SHUTOFF');
    await changeAway();
  }, MINUTE);
  afterAll(() => clouds.stop());

  const there = (kind: string, id: string): string => gone.there({ kind, id });
  const changeAway = async (): Promise<void> => {
    const [network, subnet, group, port] = [
      there('network', ids.network),
      there('subnet', ids.subnet),
      there('security-group', ids.group),
      there('port', ids.port),
    ];
    await away.network.put(`/networks/${network}`, { network: { name: 'web-2', description: 'renamed' } });
    await away.network.put(`/networks/${network}/tags`, { tags: ['moved'] });
    await away.network.put(`/subnets/${subnet}`, { subnet: { dns_nameservers: ['192.0.2.2'] } });
    await away.network.put(`/ports/${port}`, { port: { description: 'back' } });
    const [ssh] = (
      await list(away, '/security-group-rules', 'security_group_rules', { security_group_id: group })
    ).filter((rule) => rule['port_range_min'] === 22);
    await away.network.delete(`/security-group-rules/${ssh?.id}`);
    await away.network.post('/security-group-rules', {
      security_group_rule: {
        security_group_id: group,
        direction: 'ingress',
        protocol: 'tcp',
        port_range_min: 443,
        port_range_max: 443,
      },
    });
  };
  const origins = (): ReadonlyMap<string, string> =>
    new Map(
      (
        [
          ['network', ids.network],
          ['subnet', ids.subnet],
          ['router', ids.router],
          ['router-interface', ids.joint],
          ['security-group', ids.group],
          ['port', ids.port],
          ['port', ids.novas],
          ['server', ids.server],
          ['floating-ip', ids.floatingIp],
        ] as const
      ).map(([kind, id]) => [`${kind}/${there(kind, id)}`, id]),
    );
  const comeHome = (): Promise<Recovered> =>
    clouds.recover(away, home, [{ kind: 'server', id: there('server', ids.server) }], {
      provided: new Map([[`image/${images.away}`, images.home]]),
      origins: origins(),
      originals: [{ kind: 'server', id: ids.server }],
    });
  const unexplained = ({ receipts }: Recovered) =>
    receipts.flatMap(({ kind, name, fields }) =>
      fields.filter(({ outcome }) => outcome === 'unexplained').map((field) => ({ kind, name, ...field })),
    );

  it(
    'has its own network, router, group, port and floating IP again, as they were away; and at home all is as before when that is undone',
    async () => {
      const before = await looks();
      expect(before.nics).toHaveLength(2);
      const back = await comeHome();
      expect(unexplained(back)).toEqual([]);
      const at = (kind: string, id: string): Ref => ({ kind, id: there(kind, id) });
      for (const [kind, id] of [
        ['network', ids.network],
        ['subnet', ids.subnet],
        ['router', ids.router],
        ['router-interface', ids.joint],
        ['security-group', ids.group],
        ['port', ids.port],
        ['floating-ip', ids.floatingIp],
      ] as const)
        expect([kind, back.there(at(kind, id)), back.how(at(kind, id))]).toEqual([kind, id, 'returned']);
      const server = back.there(at('server', ids.server));
      expect(server).not.toBe(ids.server);
      const now = await nics(home, server);
      expect(now[0]?.port_id).toBe(ids.port);
      // Nova has deleted the one that it had made: another has its addresses.
      expect(back.how(at('port', ids.novas))).toBe('created');
      expect(addresses(now)).toEqual(before.nics);
      expect(await looks()).toMatchObject({
        network: ['web-2', 'renamed', ['moved']],
        subnet: [['192.0.2.2'], true],
        floatingIp: before.floatingIp,
        router: before.router,
        nics: [],
      });
      expect(await rulesOf(home, ids.group)).toEqual(await rulesOf(away, there('security-group', ids.group)));

      expect(await back.remove()).toMatchObject({ left: [] });
      expect(await looks()).toEqual(before);
      expect((await nics(home, ids.server))[0]?.port_id).toBe(ids.port);
    },
    MINUTE,
  );

  it(
    'is not taken home from a server that was started again there: two sides would serve',
    async () => {
      const before = await looks();
      await home.compute.post(`/servers/${ids.server}/action`, { 'os-start': null });
      await status(home, ids.server, 'ACTIVE');
      await expect(comeHome()).rejects.toMatchObject({ code: 'original-keeps-its-ports' });
      expect(await looks()).toEqual(before);
    },
    MINUTE,
  );

  it(
    'is made anew where home was rebuilt and is empty',
    async () => {
      await purgeProject(home);
      const back = await comeHome();
      expect(unexplained(back)).toEqual([]);
      for (const [kind, id] of [
        ['network', ids.network],
        ['router', ids.router],
        ['port', ids.port],
        ['server', ids.server],
      ] as const) {
        const ref = { kind, id: there(kind, id) };
        expect([kind, back.how(ref)]).toEqual([kind, 'created']);
        expect(back.there(ref)).not.toBe(id);
      }
      expect(await back.remove()).toMatchObject({ left: [] });
      expect(await list(home, '/ports', 'ports')).toEqual([]);
    },
    MINUTE,
  );
});
