import type { Simulator } from '../start-simulator.ts';
import { login, startSpecCloud } from '../testing/spec-client.ts';
import type { Reply, SpecClient } from '../testing/spec-client.ts';

type Json = Record<string, unknown>;

const zones = '/dns/v2/zones';
const said = ({ status, body }: Reply): readonly [number, unknown] => [status, body['type']];

describe('the played Designate', () => {
  let cloud: Simulator;
  let demo: SpecClient;
  let admin: SpecClient;
  beforeEach(async () => {
    cloud = await startSpecCloud({ furtherServices: ['dns'] });
    [demo, admin] = await Promise.all([login(cloud.url), login(cloud.url, 'admin')]);
  });
  afterEach(() => cloud.stop());

  const zone = (body: Json = {}, as = demo): Promise<Reply> =>
    as.post(zones, { name: 'shop.example.', email: 'h@shop.example', ...body });
  const active = async (body: Json = {}): Promise<string> => {
    const id = String((await zone(body)).body['id']);
    await demo.until(`${zones}/${id}`, '', ({ status }) => status === 'ACTIVE');
    return id;
  };
  const record = (zoneId: string, body: Json): Promise<Reply> =>
    demo.post(`${zones}/${zoneId}/recordsets`, { type: 'A', records: ['192.0.2.1'], ...body });

  it('serves a zone a while after it was asked to, with records of its own', async () => {
    const made = await zone();
    expect([made.status, made.body['status'], made.body['action']]).toEqual([202, 'PENDING', 'CREATE']);
    await demo.until(`${zones}/${String(made.body['id'])}`, '', ({ status }) => status === 'ACTIVE');
    const { body } = await demo.get(`${zones}/${String(made.body['id'])}/recordsets`);
    expect((body['recordsets'] as Json[]).map(({ type, name }) => [type, name])).toEqual([
      ['SOA', 'shop.example.'],
      ['NS', 'shop.example.'],
    ]);
    expect((body['recordsets'] as Json[])[0]).not.toHaveProperty('managed');
  });

  it('has a name once, for all projects, and lets none stand in the zone of another', async () => {
    await active();
    expect(said(await zone())).toEqual([409, 'duplicate_zone']);
    expect(said(await zone({}, admin))).toEqual([409, 'duplicate_zone']);
    expect(said(await zone({ name: 'www.shop.example.' }, admin))).toEqual([403, 'illegal_child']);
    expect(said(await zone({ name: 'example.' }, admin))).toEqual([403, 'illegal_parent']);
    expect((await admin.get(zones)).body['zones']).toEqual([]);
    const all = await admin.get(zones, { headers: { 'x-auth-all-projects': 'true' } });
    expect(all.body['zones']).toMatchObject([{ name: 'shop.example.' }]);
  });

  it('asks a primary zone for an address, and a secondary one for masters and nothing else', async () => {
    expect((await demo.post(zones, { name: 'shop.example.' })).status).toBe(400);
    expect((await zone({ masters: ['192.0.2.5'] })).status).toBe(400);
    expect((await zone({ type: 'SECONDARY', masters: ['192.0.2.5'] })).status).toBe(400);
    const secondary = { name: 'shop.example.', type: 'SECONDARY', masters: ['192.0.2.5'] };
    const made = await demo.post(zones, secondary);
    expect(made.body).toMatchObject({ type: 'SECONDARY', masters: ['192.0.2.5'], status: 'PENDING' });
    expect(said(await record(String(made.body['id']), { name: 'www.shop.example.' }))).toEqual([403, 'forbidden']);
    expect((await demo.post(zones, { ...secondary, name: 'no-dot' })).status).toBe(400);
    expect((await zone({ name: 'long.example.', description: 'x'.repeat(161) })).status).toBe(400);
  });

  it('has one record set of a name and type, in its zone, beside no CNAME', async () => {
    const id = await active();
    expect((await record(id, { name: 'www.shop.example.' })).status).toBe(202);
    expect(said(await record(id, { name: 'www.shop.example.' }))).toEqual([409, 'duplicate_recordset']);
    expect(said(await record(id, { name: 'www.other.example.' }))).toEqual([400, 'invalid_recordset_location']);
    const alias = { type: 'CNAME', records: ['shop.example.'] };
    expect(said(await record(id, { name: 'www.shop.example.', ...alias }))).toEqual([
      400,
      'invalid_recordset_location',
    ]);
    expect((await record(id, { name: 'shop.example.', type: 'SOA' })).status).toBe(400);
  });

  it('lists record sets of all zones, and points from one to where it is', async () => {
    const [one, two] = [await active(), await active({ name: 'other.example.' })];
    const made = (await record(one, { name: 'www.shop.example.' })).body;
    await record(two, { name: 'www.other.example.' });
    const all = (await demo.get('/dns/v2/recordsets?limit=5')).body;
    expect([(all['recordsets'] as Json[]).length, (all['metadata'] as Json)['total_count']]).toEqual([5, 6]);
    expect((all['links'] as Json)['next']).toContain('marker=');
    const pointed = await fetch(`${cloud.url}/dns/v2/recordsets/${String(made['id'])}`, {
      redirect: 'manual',
      headers: { 'x-auth-token': demo.token },
    });
    expect([pointed.status, pointed.headers.get('location')]).toEqual([
      301,
      `${cloud.url}/v2/zones/${one}/recordsets/${String(made['id'])}`,
    ]);
    expect((await admin.get('/dns/v2/recordsets')).body['recordsets']).toEqual([]);
  });

  it('lets nobody change its own records, and takes a zone away with its records, after a while', async () => {
    const id = await active();
    const path = `${zones}/${id}`;
    const [soa] = (await demo.get(`${path}/recordsets`)).body['recordsets'] as Json[];
    expect((await demo.put(`${path}/recordsets/${String(soa?.['id'])}`, { records: ['x'] })).status).toBe(400);
    const www = (await record(id, { name: 'www.shop.example.' })).body;
    const changed = await demo.put(`${path}/recordsets/${String(www['id'])}`, { records: ['192.0.2.2'], ttl: 60 });
    expect(changed.body).toMatchObject({ records: ['192.0.2.2'], ttl: 60, action: 'UPDATE' });
    const gone = await demo.delete(path);
    expect([gone.status, gone.body['action']]).toEqual([202, 'DELETE']);
    await demo.until(path, '', ({ code }) => code === 404);
    expect((await demo.get('/dns/v2/recordsets')).body['recordsets']).toEqual([]);
  });
});
