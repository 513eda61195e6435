import type { Cloud } from '@lifeboat/openstack-client';
import type { Ref } from '@lifeboat/openstack-entity-api';
import { TwoClouds } from '../simulated/two-clouds.ts';

interface Port {
  readonly id: string;
  readonly network_id: string;
  readonly mac_address: string;
  readonly fixed_ips: readonly { readonly ip_address: string }[];
}

describe('a drill of a server that is on a network of others', () => {
  const [ADDRESS, MAC] = ['10.77.0.17', 'fa:16:3e:77:00:17'];
  let clouds: TwoClouds;
  let source: Cloud;
  let target: Cloud;
  let port: Ref;
  let campus: string;

  const portsOf = async (at: Cloud, network: string): Promise<readonly Port[]> =>
    (await at.network.get<{ ports: Port[] }>('/ports', { query: { network_id: network } })).ports;
  const shared = async (of: TwoClouds['here']): Promise<{ admin: Cloud; network: string; subnet: string }> => {
    const admin = clouds.open(of, { username: 'admin', project: 'admin' });
    const { network } = await admin.network.post<{ network: { id: string } }>('/networks', {
      network: { name: 'campus', shared: true },
    });
    const { subnet } = await admin.network.post<{ subnet: { id: string } }>('/subnets', {
      subnet: { network_id: network.id, ip_version: 4, cidr: '10.77.0.0/24', enable_dhcp: false },
    });
    return { admin, network: network.id, subnet: subnet.id };
  };

  beforeAll(async () => {
    clouds = await TwoClouds.start();
    const here = await shared(clouds.here);
    const there = await shared(clouds.there);
    campus = there.network;
    const project = (await clouds.open(clouds.here).whoAmI()).projectId;
    // An administrator gave the tenant this address on it.
    const made = await here.admin.network.post<{ port: { id: string } }>('/ports', {
      port: {
        project_id: project,
        network_id: here.network,
        mac_address: MAC,
        fixed_ips: [{ subnet_id: here.subnet, ip_address: ADDRESS }],
      },
    });
    port = { kind: 'port', id: made.port.id };
    [source, target] = [clouds.open(clouds.here), clouds.open(clouds.there)];
  });
  afterAll(() => clouds.stop());

  it('has its address and MAC on a stand-in with the same range, also for a member, and touches the real one in nothing', async () => {
    const before = await portsOf(target, campus);
    const drill = await clouds.recover(source, target, [port], { isolated: true });
    const { port: stands } = await target.network.get<{ port: Port }>(`/ports/${drill.there(port)}`);
    expect([stands.mac_address, stands.fixed_ips.map(({ ip_address: ip }) => ip)]).toEqual([MAC, [ADDRESS]]);
    expect(stands.network_id).not.toBe(campus);
    expect(await target.network.get(`/networks/${stands.network_id}`)).toMatchObject({
      network: { name: 'campus (drill)', shared: false },
    });
    expect(await portsOf(target, campus)).toEqual(before);
    expect(drill.waysOut).toEqual([]);
    expect(drill.receipts.flatMap(({ fields }) => fields.filter(({ outcome }) => outcome === 'unexplained'))).toEqual(
      [],
    );
    expect(await drill.remove()).toMatchObject({ left: [] });
    expect((await target.network.get<{ networks: { name: string }[] }>('/networks')).networks).not.toContainEqual(
      expect.objectContaining({ name: 'campus (drill)' }),
    );
  });

  it('would be seen to lead outside if it were attached to the real one, as a failover is', async () => {
    const failover = await clouds.recover(source, target, [port]);
    expect(failover.waysOut).toContainEqual({
      kind: 'port',
      id: failover.there(port),
      to: `network network ${campus}`,
    });
    expect(await failover.remove()).toMatchObject({ left: [] });
  });

  it('needs nothing there that a failover would have to be mapped to', async () => {
    const lonely = await TwoClouds.start();
    try {
      const there = lonely.open(lonely.there);
      const drill = await clouds.recover(source, there, [port], { isolated: true });
      expect(await drill.blockers()).toEqual([]);
      expect(drill.there(port)).not.toBe('');
    } finally {
      await lonely.stop();
    }
  });
});
