import type { Simulator } from '../start-simulator.ts';
import { login, startSpecCloud, type Reply, type SpecClient } from '../testing/spec-client.ts';

type Json = Record<string, unknown>;
type Made = Json & { id: string };

const lb = '/load-balancer/v2/lbaas';

describe('the played Octavia', () => {
  let cloud: Simulator;
  let demo: SpecClient;
  let subnetId: string;
  const start = async (delayMs: number): Promise<void> => {
    cloud = await startSpecCloud({ furtherServices: ['load-balancer'], delayMs });
    demo = await login(cloud.url);
    const { id } = await demo.make('/network/v2.0/networks', 'network', { name: 'n' });
    const subnet = { network_id: id, ip_version: 4, cidr: '10.9.0.0/24' };
    subnetId = (await demo.make('/network/v2.0/subnets', 'subnet', subnet)).id;
  };
  afterEach(() => cloud.stop());

  const said = ({ status, body }: Reply): readonly [number, unknown] => [status, body['faultstring']];
  const balancer = (body: Json = {}): Promise<Made> =>
    demo.make(`${lb}/loadbalancers`, 'loadbalancer', { vip_subnet_id: subnetId, ...body });
  const active = (id: string): Promise<Json> =>
    demo.until(`${lb}/loadbalancers/${id}`, 'loadbalancer', (one) => one['provisioning_status'] === 'ACTIVE');
  const pool = (id: string): Json => ({ pool: { loadbalancer_id: id, protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN' } });

  it('takes one change of a tree at a time', async () => {
    await start(500);
    const { id } = await balancer();
    const immutable = [409, `Load Balancer ${id} is immutable and cannot be updated.`];
    expect(said(await demo.post(`${lb}/pools`, pool(id)))).toEqual(immutable);
    expect(said(await demo.delete(`${lb}/loadbalancers/${id}`))).toEqual([
      409,
      `Invalid state PENDING_CREATE of loadbalancer resource ${id}`,
    ]);
    await active(id);
    expect((await demo.post(`${lb}/pools`, pool(id))).body['pool']).toMatchObject({
      provisioning_status: 'PENDING_CREATE',
      loadbalancers: [{ id }],
      members: [],
      healthmonitor_id: null,
    });
    expect(said(await demo.post(`${lb}/pools`, pool(id)))).toEqual(immutable);
  });

  it('owns the VIP port, and goes with what hangs on it only when asked to', async () => {
    await start(2);
    const made = await balancer({ vip_address: '10.9.0.77' });
    const path = `/network/v2.0/ports/${String(made['vip_port_id'])}`;
    expect((await demo.get(path)).body['port']).toMatchObject({
      name: `octavia-lb-${made.id}`,
      device_id: `lb-${made.id}`,
      device_owner: 'Octavia',
      fixed_ips: [{ subnet_id: subnetId, ip_address: '10.9.0.77' }],
    });
    await active(made.id);
    await demo.post(`${lb}/pools`, pool(made.id));
    await active(made.id);
    expect((await demo.delete(`${lb}/loadbalancers/${made.id}`)).status).toBe(400);
    expect((await demo.delete(`${lb}/loadbalancers/${made.id}?cascade=true`)).status).toBe(204);
    await demo.gone(`${lb}/loadbalancers/${made.id}`);
    expect((await demo.get(path)).status).toBe(404);
    expect((await demo.get(`${lb}/pools`)).body['pools']).toEqual([]);
  });

  it('numbers policies without gaps, and lets no pool go that one redirects to', async () => {
    await start(2);
    const { id } = await balancer();
    await active(id);
    const make = async (path: string, key: string, body: Json): Promise<string> => {
      const one = await demo.make(`${lb}/${path}`, key, body);
      await active(id);
      return one.id;
    };
    const target = await make('pools', 'pool', pool(id)['pool'] as Json);
    const listener = await make('listeners', 'listener', { loadbalancer_id: id, protocol: 'HTTP', protocol_port: 80 });
    const policy = (name: string, position: number): Promise<string> =>
      make('l7policies', 'l7policy', {
        listener_id: listener,
        name,
        position,
        action: 'REDIRECT_TO_POOL',
        redirect_pool_id: target,
      });
    for (const [name, position] of [
      ['c', 7],
      ['a', 1],
      ['b', 2],
    ] as const)
      await policy(name, position);
    const { l7policies } = (await demo.get(`${lb}/l7policies`)).body as { l7policies: Json[] };
    expect(l7policies.map((one) => `${String(one['position'])} ${String(one['name'])}`).sort()).toEqual([
      '1 a',
      '2 b',
      '3 c',
    ]);
    expect((await demo.delete(`${lb}/pools/${target}`)).status).toBe(409);
    const twice = { listener: { loadbalancer_id: id, protocol: 'TCP', protocol_port: 80 } };
    expect((await demo.post(`${lb}/listeners`, twice)).status).toBe(409);
    expect((await demo.post(`${lb}/listeners`, { listener: { loadbalancer_id: id, colour: 'red' } })).status).toBe(400);
  });

  it("shows nobody another project's", async () => {
    await start(2);
    const { id } = await balancer();
    const admin = await login(cloud.url, 'admin');
    expect((await admin.get(`${lb}/loadbalancers?project_id=${demo.projectId}`)).body['loadbalancers']).toHaveLength(1);
    expect((await admin.get(`${lb}/loadbalancers/${id}`)).status).toBe(200);
    expect((await demo.get(`${lb}/loadbalancers?project_id=${admin.projectId}`)).status).toBe(403);
  });
});

describe('a cloud that offers no Octavia', () => {
  it('has it neither in its catalog nor at its address', async () => {
    const cloud = await startSpecCloud();
    const admin = await login(cloud.url, 'admin');
    const { services } = (await admin.get('/identity/v3/services')).body as { services: { type: string }[] };
    expect(services.map(({ type }) => type)).not.toContain('load-balancer');
    expect((await admin.get(`${lb}/loadbalancers`)).status).toBe(404);
    await cloud.stop();
  });
});
