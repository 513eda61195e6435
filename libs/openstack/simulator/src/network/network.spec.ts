import type { Simulator } from '../start-simulator.ts';
import { login, startSpecCloud, type SpecClient } from '../testing/spec-client.ts';

type Json = Record<string, unknown>;

describe('the played Neutron', () => {
  let cloud: Simulator;
  let demo: SpecClient;
  let admin: SpecClient;
  beforeEach(async () => {
    cloud = await startSpecCloud();
    [demo, admin] = await Promise.all([login(cloud.url), login(cloud.url, 'admin')]);
  });
  afterEach(() => cloud.stop());

  const net = '/network/v2.0';
  const network = (body: Json = {}): Promise<Json & { id: string }> =>
    demo.make(`${net}/networks`, 'network', { name: 'front', ...body });
  const subnet = (networkId: string, body: Json = {}): Promise<Json & { id: string }> =>
    demo.make(`${net}/subnets`, 'subnet', { network_id: networkId, ip_version: 4, cidr: '10.5.0.0/24', ...body });
  const port = (networkId: string, body: Json = {}): Promise<Json & { id: string }> =>
    demo.make(`${net}/ports`, 'port', { network_id: networkId, ...body });
  const publicId = async (): Promise<string> =>
    ((await demo.get(`${net}/networks?name=public`)).body['networks'] as { id: string }[])[0]?.id ?? '';
  const problem = (body: Json): { type: string; message: string } =>
    body['NeutronError'] as { type: string; message: string };

  it('gives DHCP the first free address a moment after the subnet was made, so a late port cannot have it', async () => {
    const { id } = await network();
    const { id: subnetId } = await subnet(id);
    await demo.until(
      `${net}/ports?network_id=${id}&device_owner=network:dhcp`,
      'ports',
      (ports) => (ports as unknown as unknown[]).length === 1,
    );
    const late = await demo.post(`${net}/ports`, {
      port: { network_id: id, fixed_ips: [{ subnet_id: subnetId, ip_address: '10.5.0.2' }] },
    });
    expect([late.status, problem(late.body)]).toEqual([
      409,
      {
        type: 'IpAddressAlreadyAllocated',
        message: `IP address 10.5.0.2 already allocated in subnet ${subnetId}`,
        detail: '',
      },
    ]);
  });

  it('derives addresses of a SLAAC subnet from the MAC, unasked, and lets only a router choose there', async () => {
    const { id } = await network();
    const slaac = { ip_version: 6, cidr: 'fd00:5::/64', ipv6_ra_mode: 'slaac', ipv6_address_mode: 'slaac' };
    const { id: subnetId } = await subnet(id, slaac);
    const made = await port(id, { mac_address: 'fa:16:3e:0d:d0:01' });
    expect(made['fixed_ips']).toEqual([{ subnet_id: subnetId, ip_address: 'fd00:5::f816:3eff:fe0d:d001' }]);
    const chosen = { network_id: id, fixed_ips: [{ subnet_id: subnetId, ip_address: 'fd00:5::1' }] };
    const refused = await demo.post(`${net}/ports`, { port: chosen });
    expect([refused.status, problem(refused.body).type]).toEqual([400, 'AllocationOnAutoAddressSubnet']);
    const routers = await port(id, { ...chosen, device_owner: 'network:router_interface' });
    expect(routers['fixed_ips']).toEqual(chosen.fixed_ips);
  });

  it('leaves the first address to a port that was there before DHCP was switched on', async () => {
    const { id } = await network();
    const { id: subnetId } = await subnet(id, { enable_dhcp: false });
    const early = await port(id, { fixed_ips: [{ ip_address: '10.5.0.2' }] });
    await demo.put(`${net}/subnets/${subnetId}`, { subnet: { enable_dhcp: true } });
    const ports = (await demo.until(
      `${net}/ports?device_owner=network:dhcp`,
      'ports',
      (list) => (list as unknown as unknown[]).length === 1,
    )) as unknown as { fixed_ips: { ip_address: string }[] }[];
    expect([early['fixed_ips'], ports[0]?.fixed_ips[0]?.ip_address]).toEqual([
      [{ subnet_id: subnetId, ip_address: '10.5.0.2' }],
      '10.5.0.3',
    ]);
  });

  it('tells no gateway from the default one, and keeps chosen pools', async () => {
    const { id } = await network();
    expect(await subnet(id)).toMatchObject({
      gateway_ip: '10.5.0.1',
      allocation_pools: [{ start: '10.5.0.2', end: '10.5.0.254' }],
    });
    expect(await subnet(id, { cidr: '10.6.0.0/24', gateway_ip: null })).toMatchObject({
      gateway_ip: null,
      allocation_pools: [{ start: '10.6.0.1', end: '10.6.0.254' }],
    });
    expect(
      await subnet(id, {
        cidr: '10.7.0.0/24',
        gateway_ip: '10.7.0.254',
        allocation_pools: [{ start: '10.7.0.20', end: '10.7.0.30' }],
      }),
    ).toMatchObject({ gateway_ip: '10.7.0.254', allocation_pools: [{ start: '10.7.0.20', end: '10.7.0.30' }] });
  });

  it('refuses routes at a router’s creation and before its interfaces, and its deletion while it has any', async () => {
    const routes = [{ destination: '192.168.9.0/24', nexthop: '10.5.0.254' }];
    const early = await demo.post(`${net}/routers`, { router: { name: 'edge', routes } });
    expect([early.status, problem(early.body).message]).toEqual([400, "Attribute 'routes' not allowed in POST"]);
    const { id } = await demo.make(`${net}/routers`, 'router', { name: 'edge' });
    expect(problem((await demo.put(`${net}/routers/${id}`, { router: { routes } })).body).type).toBe('InvalidRoutes');
    const { id: networkId } = await network();
    const { id: subnetId } = await subnet(networkId);
    expect((await demo.put(`${net}/routers/${id}/add_router_interface`, { subnet_id: subnetId })).status).toBe(200);
    expect((await demo.put(`${net}/routers/${id}`, { router: { routes } })).status).toBe(200);
    expect(
      problem((await demo.put(`${net}/routers/${id}/remove_router_interface`, { subnet_id: subnetId })).body).type,
    ).toBe('RouterInterfaceInUseByRoute');
    expect((await demo.delete(`${net}/routers/${id}`)).status).toBe(409);
    await demo.put(`${net}/routers/${id}`, { router: { routes: [] } });
    await demo.put(`${net}/routers/${id}/remove_router_interface`, { subnet_id: subnetId });
    expect((await demo.delete(`${net}/routers/${id}`)).status).toBe(204);
  });

  it('keeps the address of an interface attached by port, and lets nobody delete that port directly', async () => {
    const { id: networkId } = await network();
    await subnet(networkId);
    const { id: portId } = await port(networkId, { fixed_ips: [{ ip_address: '10.5.0.77' }] });
    const { id } = await demo.make(`${net}/routers`, 'router', { name: 'edge' });
    await demo.put(`${net}/routers/${id}/add_router_interface`, { port_id: portId });
    expect((await demo.get(`${net}/ports/${portId}`)).body).toMatchObject({
      port: { device_owner: 'network:router_interface', device_id: id, fixed_ips: [{ ip_address: '10.5.0.77' }] },
    });
    expect(problem((await demo.delete(`${net}/ports/${portId}`)).body).type).toBe('ServicePortInUse');
  });

  it('has a default security group in every project, gives new ones two egress rules and names the rule that is there twice', async () => {
    const groups = (await demo.get(`${net}/security-groups`)).body['security_groups'] as {
      name: string;
      security_group_rules: unknown[];
    }[];
    expect(groups.map((group) => [group.name, group.security_group_rules.length])).toEqual([['default', 4]]);
    const group = await demo.make(`${net}/security-groups`, 'security_group', { name: 'web' });
    const rules = group['security_group_rules'] as { id: string; direction: string; ethertype: string }[];
    expect(rules.map((rule) => [rule.direction, rule.ethertype])).toEqual([
      ['egress', 'IPv4'],
      ['egress', 'IPv6'],
    ]);
    const again = await demo.post(`${net}/security-group-rules`, {
      security_group_rule: { security_group_id: group.id, direction: 'egress', ethertype: 'IPv4' },
    });
    expect([again.status, problem(again.body)]).toEqual([
      409,
      {
        type: 'SecurityGroupRuleExists',
        message: `Security group rule already exists. Rule id is ${rules[0]?.id}.`,
        detail: '',
      },
    ]);
    expect((await demo.post(`${net}/security-groups`, { security_group: { name: 'default' } })).status).toBe(409);
  });

  it('lets rules refer to groups, and drops them with the group they refer to', async () => {
    const [web, db] = await Promise.all(
      ['web', 'db'].map((name) => demo.make(`${net}/security-groups`, 'security_group', { name })),
    );
    await demo.make(`${net}/security-group-rules`, 'security_group_rule', {
      security_group_id: db?.id,
      direction: 'ingress',
      protocol: 'tcp',
      port_range_min: 5432,
      port_range_max: 5432,
      remote_group_id: web?.id,
    });
    const held = async (): Promise<number> =>
      (
        (await demo.get(`${net}/security-groups/${db?.id}`)).body['security_group'] as {
          security_group_rules: unknown[];
        }
      ).security_group_rules.length;
    expect(await held()).toBe(3);
    expect((await demo.delete(`${net}/security-groups/${web?.id}`)).status).toBe(204);
    expect(await held()).toBe(2);
  });

  it('keeps a port’s several addresses, MAC, pairs and DHCP options, and refuses a MAC twice', async () => {
    const { id } = await network();
    await subnet(id);
    const made = await port(id, {
      name: 'db',
      mac_address: 'fa:16:3e:00:00:01',
      fixed_ips: [{ ip_address: '10.5.0.20' }, { ip_address: '10.5.0.21' }],
      allowed_address_pairs: [{ ip_address: '10.5.0.99' }],
      extra_dhcp_opts: [{ opt_name: 'mtu', opt_value: '1400' }],
    });
    expect(made).toMatchObject({
      mac_address: 'fa:16:3e:00:00:01',
      status: 'DOWN',
      allowed_address_pairs: [{ ip_address: '10.5.0.99', mac_address: 'fa:16:3e:00:00:01' }],
      port_security_enabled: true,
    });
    expect((made['fixed_ips'] as unknown[]).length).toBe(2);
    expect((made['security_groups'] as unknown[]).length).toBe(1);
    const twice = await demo.post(`${net}/ports`, { port: { network_id: id, mac_address: 'fa:16:3e:00:00:01' } });
    expect([twice.status, problem(twice.body).type]).toEqual([409, 'MacAddressInUse']);
    expect((await demo.delete(`${net}/networks/${id}`)).status).toBe(409);
  });

  it('gives floating IPs only where a router leads, and holds router and gateway while one is used', async () => {
    const { id: networkId } = await network();
    const { id: subnetId } = await subnet(networkId);
    const { id: portId } = await port(networkId);
    const outside = await publicId();
    const lost = await demo.post(`${net}/floatingips`, {
      floatingip: { floating_network_id: outside, port_id: portId },
    });
    expect([lost.status, problem(lost.body).type]).toEqual([404, 'ExternalGatewayForFloatingIPNotFound']);
    const { id } = await demo.make(`${net}/routers`, 'router', {
      name: 'edge',
      external_gateway_info: { network_id: outside },
    });
    await demo.put(`${net}/routers/${id}/add_router_interface`, { subnet_id: subnetId });
    const floating = await demo.make(`${net}/floatingips`, 'floatingip', {
      floating_network_id: outside,
      port_id: portId,
      description: 'web',
    });
    expect(floating).toMatchObject({ status: 'DOWN', port_id: portId, router_id: id });
    await demo.status(`${net}/floatingips/${floating.id}`, 'floatingip', 'ACTIVE');
    expect(problem((await demo.put(`${net}/routers/${id}`, { router: { external_gateway_info: {} } })).body).type).toBe(
      'RouterExternalGatewayInUseByFloatingIp',
    );
    expect(
      problem((await demo.put(`${net}/routers/${id}/remove_router_interface`, { subnet_id: subnetId })).body).type,
    ).toBe('RouterInterfaceInUseByFloatingIP');
    expect(
      (
        await demo.post(`${net}/floatingips`, {
          floatingip: { floating_network_id: outside, floating_ip_address: '172.24.4.60' },
        })
      ).status,
    ).toBe(403);
  });

  it('shows administrators’ fields to administrators only and refuses them from members', async () => {
    const { id } = await network();
    expect((await demo.get(`${net}/networks/${id}`)).body['network']).not.toHaveProperty('provider:network_type');
    expect((await admin.get(`${net}/networks/${id}`)).body['network']).toMatchObject({
      'provider:network_type': 'vxlan',
    });
    for (const more of [{ 'router:external': true }, { shared: true }, { 'provider:physical_network': 'physnet1' }])
      expect((await demo.post(`${net}/networks`, { network: { name: 'x', ...more } })).status).toBe(403);
    expect((await demo.get(`${net}/qos/policies`)).status).toBe(404);
    expect((await demo.get(`${net}/networks?colour=red`)).status).toBe(400);
  });

  it('counts against quota, tags, filters, chooses fields and pages', async () => {
    await admin.put(`${net}/quotas/${demo.projectId}`, { quota: { network: 3 } });
    const made = [await network({ name: 'a' }), await network({ name: 'b' }), await network({ name: 'c' })];
    const over = await demo.post(`${net}/networks`, { network: { name: 'd' } });
    expect([over.status, problem(over.body)]).toEqual([
      409,
      { type: 'OverQuota', message: "Quota exceeded for resources: ['network'].", detail: '' },
    ]);
    await demo.put(`${net}/networks/${made[1]?.id}/tags`, { tags: ['tier:web'] });
    expect((await demo.get(`${net}/networks?tags=tier:web&fields=id&fields=name`)).body).toEqual({
      networks: [{ id: made[1]?.id, name: 'b' }],
    });
    const first = (await demo.get(`${net}/networks?limit=2&sort_key=name`)).body;
    const links = first['networks_links'] as { rel: string; href: string }[];
    expect(links.map((one) => one.rel)).toEqual(['next', 'previous']);
    const [link] = links;
    const second = (await demo.get((link?.href ?? '').slice(cloud.url.length))).body;
    expect([...(first['networks'] as Json[]), ...(second['networks'] as Json[])].map((one) => one['name'])).toEqual([
      'a',
      'b',
      'c',
      'public',
    ]);
  });
});
