import type { Cloud } from '@lifeboat/openstack-client';
import {
  captureGroup,
  clearStage,
  outOfStep,
  MemoryLedger,
  removeAll,
  returning,
  RunState,
  stage,
  stagedPart,
  standingOf,
  topology,
} from '@lifeboat/openstack-entity-api';
import type { Live, Rebuild, Topology } from '@lifeboat/openstack-entity-api';
import { entities } from './index.ts';
import { runOf, TwoClouds } from './simulated/two-clouds.ts';

const MINUTE = 60_000;
const STAGE = '0b7d3c1e-9a55-8c4b-8f10-6d2e7a9b4c31';

type Made<K extends string> = Record<K, { readonly id: string }>;

/** Two ports behind a router, one with a floating IP: no servers are needed to see what stands without them. */
describe('what stands staged of a small network', () => {
  let clouds: TwoClouds;
  let home: Cloud;
  let away: Cloud;
  let ids: Readonly<Record<'network' | 'subnet' | 'router' | 'group' | 'floatingIp' | 'one' | 'two', string>>;
  let former: Topology;
  let before: readonly string[];
  const ledger = new MemoryLedger();

  const list = async (at: Cloud, path: string, key: string): Promise<readonly Live[]> => {
    const found: Live[] = [];
    for await (const one of at.network.list<Live>(path, key)) found.push(one);
    return found;
  };
  const everything = async (at: Cloud): Promise<readonly string[]> => {
    const lists = [
      ['/networks', 'networks', 'name'],
      ['/subnets', 'subnets', 'enable_dhcp'],
      ['/ports', 'ports', 'device_owner'],
      ['/routers', 'routers', 'name'],
      ['/security-groups', 'security_groups', 'description'],
      ['/security-group-rules', 'security_group_rules', 'protocol'],
      ['/floatingips', 'floatingips', 'port_id'],
    ] as const;
    const all = await Promise.all(
      lists.map(async ([path, key, look]) =>
        (await list(at, path, key)).map((live) => `${key} ${live.id} ${String(live[look])}`),
      ),
    );
    return all.flat().toSorted();
  };
  const captured = async (): Promise<Topology> =>
    captureGroup(
      await clouds.look(home),
      entities,
      [ids.one, ids.two].map((id) => ({ kind: 'port', id })),
    ).topology;
  const stageOf = (all: Topology): Rebuild => ({
    ...runOf(home, away, stagedPart(all, entities), ledger),
    runId: STAGE,
    stage: STAGE,
  });
  const staged = async (): Promise<ReadonlyMap<string, string>> => {
    const run = stageOf(await captured());
    expect(await clearStage(run, former)).toEqual([]);
    former = run.topology;
    await stage(run);
    return standingOf(await ledger.entries());
  };
  const there = async (kind: string, id: string): Promise<Live> => {
    const targetId = standingOf(await ledger.entries()).get(`${kind}/${id}`) ?? 'none';
    const type = entities.get(kind);
    const live = await type.get(away, targetId, { projectId: '', isAdmin: false });
    if (!live) throw new Error(`${kind} ${id} is not staged`);
    return live;
  };

  beforeAll(async () => {
    clouds = await TwoClouds.start();
    [home, away] = [clouds.open(clouds.here), clouds.open(clouds.there)];
    // Neutron makes a project's default group when somebody first asks.
    await list(away, '/security-groups', 'security_groups');
    before = await everything(away);
    const net = home.network;
    const [external] = (await list(home, '/networks', 'networks')).filter((one) => one['router:external'] === true);
    const { network } = await net.post<Made<'network'>>('/networks', { network: { name: 'web' } });
    const { subnet } = await net.post<Made<'subnet'>>('/subnets', {
      subnet: { network_id: network.id, ip_version: 4, cidr: '10.9.0.0/24', enable_dhcp: true },
    });
    const { router } = await net.post<Made<'router'>>('/routers', {
      router: { name: 'edge', external_gateway_info: { network_id: external?.id } },
    });
    await net.put(`/routers/${router.id}/add_router_interface`, { subnet_id: subnet.id });
    const { security_group: group } = await net.post<Made<'security_group'>>('/security-groups', {
      security_group: { name: 'web' },
    });
    await net.post('/security-group-rules', {
      security_group_rule: { security_group_id: group.id, direction: 'ingress', protocol: 'tcp' },
    });
    const port = async (address: string): Promise<string> =>
      (
        await net.post<Made<'port'>>('/ports', {
          port: {
            network_id: network.id,
            security_groups: [group.id],
            fixed_ips: [{ subnet_id: subnet.id, ip_address: address }],
          },
        })
      ).port.id;
    const [one, two] = [await port('10.9.0.51'), await port('10.9.0.52')];
    const { floatingip } = await net.post<Made<'floatingip'>>('/floatingips', {
      floatingip: { floating_network_id: external?.id, port_id: one, description: 'door' },
    });
    ids = {
      network: network.id,
      subnet: subnet.id,
      router: router.id,
      group: group.id,
      floatingIp: floatingip.id,
      one,
      two,
    };
    former = topology([]);
  }, MINUTE);
  afterAll(() => clouds.stop());

  it('is all of it, with its addresses; the floating IP leads nowhere and no DHCP takes an address', async () => {
    const standing = await staged();
    const kinds = [...standing.keys()].map((key) => key.split('/')[0] ?? '').toSorted();
    expect([...new Set(kinds)]).toEqual([
      'floating-ip',
      'network',
      'port',
      'router',
      'router-interface',
      'security-group',
      'security-group-rule',
      'subnet',
    ]);
    expect(await there('floating-ip', ids.floatingIp)).toMatchObject({ port_id: null, description: 'door' });
    expect(await there('subnet', ids.subnet)).toMatchObject({ enable_dhcp: false });
    expect(await there('port', ids.one)).toMatchObject({ device_id: '', fixed_ips: [{ ip_address: '10.9.0.51' }] });
    const owners = (await list(away, '/ports', 'ports')).map((one) => one['device_owner']);
    expect(owners).not.toContain('network:dhcp');
    expect(await outOfStep(stageOf(await captured()))).toEqual([]);
  });

  it('stays under its ids when nothing has changed', async () => {
    const standing = await everything(away);
    await staged();
    expect(await everything(away)).toEqual(standing);
  });

  it('follows what changes at the primary, also where two have swapped their addresses, and keeps the floating IP', async () => {
    const old = new Map(await staged());
    const at = (address: string) => ({ port: { fixed_ips: [{ subnet_id: ids.subnet, ip_address: address }] } });
    await home.network.put(`/ports/${ids.one}`, at('10.9.0.60'));
    await home.network.put(`/ports/${ids.two}`, at('10.9.0.51'));
    await home.network.put(`/ports/${ids.one}`, at('10.9.0.52'));
    await home.network.put(`/networks/${ids.network}`, { network: { name: 'web-2' } });
    await home.network.put(`/floatingips/${ids.floatingIp}`, { floatingip: { port_id: ids.two, description: 'gate' } });
    const standing = await staged();
    for (const [kind, id] of [
      ['network', ids.network],
      ['subnet', ids.subnet],
      ['floating-ip', ids.floatingIp],
      ['security-group', ids.group],
    ])
      expect(standing.get(`${kind}/${id}`)).toBe(old.get(`${kind}/${id}`));
    expect(await there('network', ids.network)).toMatchObject({ name: 'web-2' });
    expect(await there('port', ids.one)).toMatchObject({ fixed_ips: [{ ip_address: '10.9.0.52' }] });
    expect(await there('port', ids.two)).toMatchObject({ fixed_ips: [{ ip_address: '10.9.0.51' }] });
    expect(await there('floating-ip', ids.floatingIp)).toMatchObject({ port_id: null, description: 'gate' });
    expect(await outOfStep(stageOf(await captured()))).toEqual([]);
  });

  it('is repaired where somebody has touched it', async () => {
    const group = await there('security-group', ids.group);
    await away.network.delete(`/ports/${(await there('port', ids.two)).id}`);
    await away.network.put(`/routers/${(await there('router', ids.router)).id}`, { router: { name: 'spoilt' } });
    await away.network.post('/security-group-rules', {
      security_group_rule: { security_group_id: group.id, direction: 'ingress', protocol: 'udp' },
    });
    const spoilt = (await outOfStep(stageOf(await captured()))).map(({ entity, why }) => `${entity.kind} ${why}`);
    expect(spoilt.toSorted()).toEqual(['port is gone', 'router differs in name']);
    await staged();
    expect(await outOfStep(stageOf(await captured()))).toEqual([]);
    const protocols = (await list(away, '/security-group-rules', 'security_group_rules'))
      .filter((rule) => rule['security_group_id'] === group.id)
      .map((rule) => rule['protocol']);
    expect(protocols).not.toContain('udp');
  });

  it('serves a run under its very ids, is as it was when that is undone, and goes without a rest', async () => {
    const standing = await staged();
    const looks = await everything(away);
    const all = await captured();
    const roots = [ids.one, ids.two].map((id) => ({ kind: 'port', id }));
    // Also what refers to what is mapped, as a floating IP does to its pool: so that quotas count nothing twice.
    const failover = { ...runOf(home, away, all, new MemoryLedger()), origins: standing, stage: STAGE };
    expect([...(await returning(await RunState.load(failover)))].toSorted()).toEqual([...standing.keys()].toSorted());
    const run = await clouds.recover(home, away, roots, { origins: standing, stage: STAGE });
    for (const [key, id] of standing) {
      const [kind = '', source = ''] = key.split('/');
      expect([key, run.how({ kind, id: source }), run.there({ kind, id: source })]).toEqual([key, 'staged', id]);
    }
    expect(await there('floating-ip', ids.floatingIp)).toMatchObject({ port_id: standing.get(`port/${ids.two}`) });
    expect(await there('subnet', ids.subnet)).toMatchObject({ enable_dhcp: true });
    const unexplained = run.receipts.flatMap(({ kind, fields }) =>
      fields.filter(({ outcome }) => outcome === 'unexplained').map(({ field }) => `${kind} ${field}`),
    );
    expect(unexplained).toEqual([]);
    expect((await run.remove()).left).toEqual([]);
    expect(await everything(away)).toEqual(looks);
    expect((await removeAll(stageOf(all))).left).toEqual([]);
    expect(await everything(away)).toEqual(before);
  });

  it('is not what others would use, announce, or find open', async () => {
    const all = await captured();
    const changed = (kind: string, spec: object): Topology =>
      topology(all.entities.map((one) => (one.kind === kind ? { ...one, spec: { ...one.spec, ...spec } } : one)));
    const kinds = (of: Topology) => new Set(stagedPart(of, entities).entities.map(({ kind }) => kind));
    expect(kinds(changed('network', { shared: true }))).not.toContain('port');
    expect(kinds(changed('router', { enable_snat: false }))).not.toContain('router');
    expect(kinds(changed('router', { enable_snat: false }))).not.toContain('router-interface');
    expect(kinds(changed('router', { enable_snat: false }))).toContain('port');
    const [network] = stagedPart(changed('network', { dns_domain: 'shop.example.' }), entities).of('network');
    expect(network?.spec['dns_domain']).toBe('');
  });
});
