import type { Simulator } from '../start-simulator.ts';
import { login, startSpecCloud, type Reply, type SpecClient } from '../testing/spec-client.ts';

type Json = Record<string, unknown>;
type Made = Json & { id: string };

describe('the extensions of the played Neutron', () => {
  let cloud: Simulator;
  let demo: SpecClient;
  let admin: SpecClient;
  beforeEach(async () => {
    cloud = await startSpecCloud({ networkPlugins: ['qos', 'trunk', 'port-forwarding'] });
    [demo, admin] = await Promise.all([login(cloud.url), login(cloud.url, 'admin')]);
  });
  afterEach(() => cloud.stop());

  const net = '/network/v2.0';
  const network = (body: Json = {}): Promise<Made> => demo.make(`${net}/networks`, 'network', { name: 'n', ...body });
  const subnet = (networkId: string, cidr: string): Promise<Made> =>
    demo.make(`${net}/subnets`, 'subnet', { network_id: networkId, ip_version: 4, cidr });
  const port = (networkId: string, body: Json = {}): Promise<Made> =>
    demo.make(`${net}/ports`, 'port', { network_id: networkId, ...body });
  const said = ({ status, body }: Reply): readonly [number, unknown] => [
    status,
    (body['NeutronError'] as Json | undefined)?.['type'],
  ];

  it('keeps an address group as long as a rule names it, each address once and as a range', async () => {
    const group = await demo.make(`${net}/address-groups`, 'address_group', {
      name: 'offices',
      addresses: ['203.0.113.7/32', '203.0.113.7/32', '198.51.100.9/24'],
    });
    const bare = { address_group: { name: 'offices', addresses: ['203.0.113.7'] } };
    expect(said(await demo.post(`${net}/address-groups`, bare))[0]).toBe(400);
    expect(group['addresses']).toEqual(['203.0.113.7/32', '198.51.100.0/24']);
    expect(group).not.toHaveProperty('tags');
    const guard = await demo.make(`${net}/security-groups`, 'security_group', { name: 'guard' });
    const rule = { security_group_id: guard.id, direction: 'ingress', remote_address_group_id: group.id };
    const { id } = await demo.make(`${net}/security-group-rules`, 'security_group_rule', rule);
    const twice = { security_group_rule: { ...rule, remote_ip_prefix: '0.0.0.0/0' } };
    expect(said(await demo.post(`${net}/security-group-rules`, twice))).toEqual([
      400,
      'SecurityGroupMultipleRemoteEntites',
    ]);
    expect(said(await demo.delete(`${net}/address-groups/${group.id}`))).toEqual([409, 'AddressGroupInUse']);
    const path = `${net}/address-groups/${group.id}`;
    const more = { addresses: ['203.0.113.7/32'] };
    expect(said(await demo.put(`${path}/add_addresses`, more))).toEqual([400, 'AddressesAlreadyExist']);
    expect((await demo.put(`${path}/remove_addresses`, more)).status).toBe(200);
    expect(said(await demo.put(`${path}/remove_addresses`, more))).toEqual([404, 'AddressesNotFound']);
    await demo.delete(`${net}/security-group-rules/${id}`);
    expect((await demo.delete(path)).status).toBe(204);
  });

  it('lets tenants use a shared QoS policy and none make one', async () => {
    const [gold] = (await demo.get(`${net}/qos/policies`)).body['policies'] as Made[];
    expect(gold).toMatchObject({ name: 'gold', shared: true, rules: [{ type: 'dscp_marking', dscp_mark: 26 }] });
    expect(said(await demo.post(`${net}/qos/policies`, { policy: { name: 'mine' } }))).toEqual([
      403,
      'PolicyNotAuthorized',
    ]);
    expect(await network({ qos_policy_id: gold?.id })).toMatchObject({ qos_policy_id: gold?.id });
    expect(said(await admin.delete(`${net}/qos/policies/${gold?.id}`))).toEqual([409, 'QosPolicyInUse']);
    const own = await admin.make(`${net}/qos/policies`, 'policy', { name: 'own', is_default: true });
    expect(said(await demo.get(`${net}/qos/policies/${own.id}`))).toEqual([404, 'QosPolicyNotFound']);
    const rules = `${net}/qos/policies/${own.id}/bandwidth_limit_rules`;
    await admin.make(rules, 'bandwidth_limit_rule', { max_kbps: 1000 });
    const same = { bandwidth_limit_rule: { max_kbps: 2000 } };
    expect(said(await admin.post(rules, same))).toEqual([409, 'QoSRulesConflict']);
    await admin.make(rules, 'bandwidth_limit_rule', { max_kbps: 2000, direction: 'ingress' });
    const second = { policy: { name: 'second', is_default: true } };
    expect(said(await admin.post(`${net}/qos/policies`, second))).toEqual([409, 'QoSPolicyDefaultAlreadyExists']);
  });

  it('takes the QoS policy from a floating IP with every update that does not name it', async () => {
    const [gold] = (await demo.get(`${net}/qos/policies`)).body['policies'] as Made[];
    const [outside] = (await demo.get(`${net}/networks?router:external=true`)).body['networks'] as Made[];
    const wish = { floating_network_id: outside?.id, qos_policy_id: gold?.id };
    const made = await demo.make(`${net}/floatingips`, 'floatingip', wish);
    expect(made).toMatchObject({ qos_policy_id: gold?.id });
    const told = async (floatingip: object): Promise<unknown> =>
      (await demo.put(`${net}/floatingips/${made.id}`, { floatingip })).body['floatingip'];
    expect(await told({ description: 'door', qos_policy_id: gold?.id })).toMatchObject({ qos_policy_id: gold?.id });
    expect(await told({ description: 'other door' })).toMatchObject({ qos_policy_id: null });
  });

  it('shares with a project by a policy of which there is one, and with all for administrators only', async () => {
    const { id } = await admin.make(`${net}/networks`, 'network', { name: 'theirs' });
    expect(said(await demo.get(`${net}/networks/${id}`))).toEqual([404, 'NetworkNotFound']);
    const policy = { object_type: 'network', object_id: id, action: 'access_as_shared', target_tenant: demo.projectId };
    expect(said(await demo.post(`${net}/rbac-policies`, { rbac_policy: policy }))).toEqual([400, 'InvalidInput']);
    const made = await admin.make(`${net}/rbac-policies`, 'rbac_policy', policy);
    expect(said(await admin.post(`${net}/rbac-policies`, { rbac_policy: policy }))).toEqual([
      409,
      'DuplicateRbacPolicy',
    ]);
    const { id: portId } = await port(id);
    expect(said(await admin.delete(`${net}/rbac-policies/${made.id}`))).toEqual([409, 'RbacPolicyInUse']);
    await demo.delete(`${net}/ports/${portId}`);
    expect((await admin.delete(`${net}/rbac-policies/${made.id}`)).status).toBe(204);
    expect(said(await demo.get(`${net}/networks/${id}`))).toEqual([404, 'NetworkNotFound']);
    const mine = { ...policy, object_id: (await network()).id, target_tenant: '*' };
    expect(said(await demo.post(`${net}/rbac-policies`, { rbac_policy: mine }))).toEqual([403, 'PolicyNotAuthorized']);
  });

  it('takes a policy for all back from a pool only when no subnet is left in it, the own ones too', async () => {
    const pool = await admin.make(`${net}/subnetpools`, 'subnetpool', { name: 'all', prefixes: ['10.9.0.0/16'] });
    const { id: network_id } = await admin.make(`${net}/networks`, 'network', { name: 'pooled' });
    const subnet = await admin.make(`${net}/subnets`, 'subnet', {
      network_id,
      ip_version: 4,
      subnetpool_id: pool.id,
      prefixlen: 24,
    });
    const policy = { object_type: 'subnetpool', object_id: pool.id, action: 'access_as_shared', target_tenant: '*' };
    const made = await admin.make(`${net}/rbac-policies`, 'rbac_policy', policy);
    expect(said(await admin.delete(`${net}/rbac-policies/${made.id}`))).toEqual([409, 'RbacPolicyInUse']);
    await admin.delete(`${net}/subnets/${subnet.id}`);
    expect((await admin.delete(`${net}/rbac-policies/${made.id}`)).status).toBe(204);
  });

  it('gives subnets of a pool the range they ask for, if the pool has it, and one pool to a network', async () => {
    const pool = await demo.make(`${net}/subnetpools`, 'subnetpool', {
      name: 'pool',
      prefixes: ['10.90.0.0/20'],
      min_prefixlen: 24,
    });
    expect(pool).toMatchObject({ min_prefixlen: '24', max_prefixlen: '32', default_prefixlen: '24', ip_version: 4 });
    const { id: networkId } = await network();
    const from = (more: Json): Promise<Reply> =>
      demo.post(`${net}/subnets`, {
        subnet: { network_id: networkId, subnetpool_id: pool.id, ip_version: 4, ...more },
      });
    expect((await from({ cidr: '10.90.3.0/24' })).body['subnet']).toMatchObject({ subnetpool_id: pool.id });
    expect((await from({})).body['subnet']).toMatchObject({ cidr: '10.90.0.0/24' });
    expect((await from({ cidr: '10.91.0.0/24' })).status).toBe(500);
    expect(said(await from({ cidr: '10.90.0.0/23' }))).toEqual([400, 'MinPrefixSubnetAllocationError']);
    expect(said(await demo.delete(`${net}/subnetpools/${pool.id}`))).toEqual([400, 'SubnetPoolDeleteError']);
    const { id: other } = await network();
    await subnet(other, '10.92.0.0/24');
    expect(said(await from({ network_id: other, cidr: '10.90.4.0/24' }))).toEqual([
      400,
      'NetworkSubnetPoolAffinityError',
    ]);
  });

  it('holds the ports of a trunk, each VLAN once, and does not let go of a trunk that is switched off', async () => {
    const { id: networkId } = await network();
    const [parent, one, two] = await Promise.all([port(networkId), port(networkId), port(networkId)]);
    const sub = (portId: string, vlan: number): Json => ({
      port_id: portId,
      segmentation_type: 'vlan',
      segmentation_id: vlan,
    });
    const trunk = await demo.make(`${net}/trunks`, 'trunk', { port_id: parent.id, sub_ports: [sub(one.id, 7)] });
    expect((await demo.get(`${net}/ports/${one.id}`)).body['port']).toMatchObject({ device_owner: 'trunk:subport' });
    const add = `${net}/trunks/${trunk.id}/add_subports`;
    expect(said(await demo.put(add, { sub_ports: [sub(two.id, 7)] }))).toEqual([409, 'DuplicateSubPort']);
    expect(said(await demo.put(add, { sub_ports: [sub(one.id, 8)] }))).toEqual([409, 'TrunkPortInUse']);
    expect(said(await demo.delete(`${net}/ports/${one.id}`))).toEqual([409, 'PortInUseAsSubPort']);
    expect(said(await demo.delete(`${net}/ports/${parent.id}`))).toEqual([409, 'PortInUseAsTrunkParent']);
    await demo.put(`${net}/trunks/${trunk.id}`, { trunk: { admin_state_up: false } });
    expect(said(await demo.delete(`${net}/trunks/${trunk.id}`))).toEqual([409, 'TrunkDisabled']);
    await demo.put(`${net}/trunks/${trunk.id}`, { trunk: { admin_state_up: true } });
    expect((await demo.delete(`${net}/trunks/${trunk.id}`)).status).toBe(204);
    expect((await demo.get(`${net}/ports/${one.id}`)).body['port']).toMatchObject({ device_owner: '' });
  });

  it('forwards each port of a floating IP once, to a port that has no floating IP of its own', async () => {
    const { id: networkId } = await network();
    const { id: subnetId } = await subnet(networkId, '10.5.0.0/24');
    const [outside] = (await demo.get(`${net}/networks?name=public`)).body['networks'] as Made[];
    const target = await port(networkId);
    const fip = await demo.make(`${net}/floatingips`, 'floatingip', { floating_network_id: outside?.id });
    const path = `${net}/floatingips/${fip.id}/port_forwardings`;
    const wanted = { protocol: 'tcp', internal_port_id: target.id, internal_port: 22, external_port: 2222 };
    expect(said(await demo.post(path, { port_forwarding: wanted }))).toEqual([400, 'BadRequest']);
    const edge = await demo.make(`${net}/routers`, 'router', { external_gateway_info: { network_id: outside?.id } });
    await demo.put(`${net}/routers/${edge.id}/add_router_interface`, { subnet_id: subnetId });
    const made = await demo.make(path, 'port_forwarding', wanted);
    expect((await demo.get(`${net}/floatingips/${fip.id}`)).body['floatingip']).toMatchObject({
      port_id: null,
      router_id: edge.id,
      port_forwardings: [{ protocol: 'tcp', internal_port: 22, external_port: 2222 }],
    });
    const other = { ...wanted, internal_port: 23 };
    expect(said(await demo.post(path, { port_forwarding: other }))).toEqual([400, 'BadRequest']);
    expect(said(await demo.delete(`${net}/floatingips/${fip.id}`))).toEqual([409, 'FipInUseByPortForwarding']);
    const away = await demo.put(`${net}/routers/${edge.id}/remove_router_interface`, { subnet_id: subnetId });
    expect(said(away)).toEqual([409, 'RouterInterfaceInUseByFloatingIP']);
    expect((await demo.delete(`${path}/${made.id}`)).status).toBe(204);
    expect((await demo.get(`${net}/floatingips/${fip.id}`)).body['floatingip']).toMatchObject({ router_id: null });
  });

  it('has none of what is not loaded', async () => {
    const bare = await startSpecCloud();
    const tenant = await login(bare.url);
    const { extensions } = (await tenant.get(`${net}/extensions`)).body as { extensions: { alias: string }[] };
    expect(extensions.map(({ alias }) => alias)).not.toContain('qos');
    for (const path of ['qos/policies', 'trunks', 'floatingips/x/port_forwardings'])
      expect((await tenant.get(`${net}/${path}`)).status).toBe(404);
    const wish = { network: { name: 'n', qos_policy_id: null } };
    expect((await tenant.post(`${net}/networks`, wish)).status).toBe(400);
    await bare.stop();
  });
});
