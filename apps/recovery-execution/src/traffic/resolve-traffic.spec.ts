import { TrafficSwitch } from '@lifeboat/contracts';
import { topology } from '@lifeboat/openstack-entity-api';
import type { Entity } from '@lifeboat/openstack-entity-api';
import { resolveTraffic } from './resolve-traffic.ts';

const entity = (kind: string, id: string, more: Partial<Entity>): Entity => ({
  kind,
  id,
  name: id,
  spec: {},
  refs: {},
  observed: {},
  ...more,
});
const port = (id: string, ...ips: readonly string[]) => entity('port', id, { spec: { fixed_ips: ips } });
const server = (id: string, name: string, ...ports: readonly string[]) =>
  entity('server', id, { name, refs: { ports: ports.map((one) => ({ kind: 'port', id: one })) } });
const ALL = topology([
  server('s1', 'web', 'p1'),
  server('s2', 'web', 'p2'),
  server('s3', 'db', 'p3'),
  port('p1', '10.0.0.5'),
  port('p2', '10.0.0.6', 'fd00::6'),
  port('p3'),
  entity('floating-ip', 'f1', {
    spec: { floating_ip_address: '172.24.4.9' },
    refs: { port: { kind: 'port', id: 'p1' } },
  }),
]);
const servers = ALL.of('server').map((one) => ({ ...one, aliases: one.id === 's3' ? ['db-at-home'] : [] }));
const resolve = (...traffic: readonly object[]) =>
  resolveTraffic(
    traffic.map((one) => TrafficSwitch.parse(one)),
    { topology: ALL, servers, designateAt: 'beta' },
  );
const record = (more: object) => ({
  record: { at: 'ns', zone: 'shop.example.', name: 'www.shop.example.', type: 'A', ...more },
});

describe('the traffic of a plan, in a recovery point', () => {
  it('is led to the servers that are selected; who is called is told of all', () => {
    const { traffic, blockers } = resolve(record({ servers: [{ name: 'web' }, { id: 's1' }] }), {
      command: 'announce',
    });
    expect(blockers).toEqual([]);
    expect(traffic.map(({ serves }) => serves.map(({ id }) => id))).toEqual([
      ['s1', 's2'],
      ['s1', 's2', 's3'],
    ]);
  });

  it('has the site of its Designate named, where the plan names none', () => {
    const set = { zone: 'shop.example.', name: 'www.shop.example.', type: 'A', servers: [{ id: 's1' }] };
    const { traffic } = resolve({ designate: set }, { designate: { ...set, site: 'gamma' } });
    expect(traffic.map(({ designate }) => designate?.site)).toEqual(['beta', 'gamma']);
  });

  it('finds a server by the id that it has at the other site, too', () => {
    const { traffic } = resolve({ members: { site: 'gamma', pool: 'p', port: 80, servers: [{ id: 'db-at-home' }] } });
    expect(traffic[0]?.serves).toEqual([{ id: 's3', name: 'db' }]);
  });

  it('is refused where a selector finds nobody, a name several, or a server has no such address', () => {
    const codes = (one: object) => resolve(one).blockers.map(({ code, where }) => [code, where]);
    expect(codes(record({ servers: [{ name: 'nobody' }] }))).toEqual([
      ['plan-server-unknown', 'plan, spec.traffic[0].record.servers[0]'],
    ]);
    expect(codes({ floatingIp: { address: '172.24.4.1', server: 'web' } })).toEqual([
      ['plan-server-unknown', 'plan, spec.traffic[0].floatingIp.server'],
    ]);
    expect(codes({ floatingIp: { address: '172.24.4.1', server: 's2' } })).toEqual([]);
    const none = [['plan-server-without-address', 'plan, spec.traffic[0].record']];
    expect(codes(record({ servers: [{ id: 's3' }] }))).toEqual(none);
    expect(codes(record({ type: 'AAAA', servers: [{ id: 's1' }] }))).toEqual(none);
    expect(codes(record({ type: 'AAAA', servers: [{ id: 's2' }] }))).toEqual([]);
  });
});
