import type { Cloud } from '@lifeboat/openstack-client';
import type { Ref } from '@lifeboat/openstack-entity-api';
import { TwoClouds } from '../simulated/two-clouds.ts';

const NAME = 'shop.example.';
interface RecordSet {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly records: readonly string[];
}

describe('zones and record sets', () => {
  let clouds: TwoClouds;
  let source: Cloud;
  let target: Cloud;
  beforeEach(async () => {
    clouds = await TwoClouds.start('dns');
    [source, target] = [clouds.open(clouds.here), clouds.open(clouds.there)];
  });
  afterEach(() => clouds.stop());

  const zone = async (at: Cloud, body: Record<string, unknown> = {}): Promise<Ref> => {
    const wanted = { name: NAME, email: 'hostmaster@shop.example', ...body };
    return { kind: 'zone', id: (await at.dns.post<{ id: string }>('/zones', wanted)).id };
  };
  const record = async (at: Cloud, of: Ref, host: string, type: string, ...records: string[]): Promise<Ref> => {
    const wanted = { name: `${host}${NAME}`, type, records };
    return { kind: 'recordset', id: (await at.dns.post<RecordSet>(`/zones/${of.id}/recordsets`, wanted)).id };
  };
  const recordsAt = async (at: Cloud, zoneId: string): Promise<readonly string[]> => {
    const found: string[] = [];
    for await (const one of at.dns.list<RecordSet>(`/zones/${zoneId}/recordsets`, 'recordsets'))
      if (one.type !== 'SOA') found.push(`${one.type} ${one.name} ${[...one.records].sort().join(' ')}`);
    return found.sort();
  };
  const floatingIp = async (at: Cloud): Promise<{ readonly id: string; readonly address: string }> => {
    const { networks } = await at.network.get<{ networks: { id: string }[] }>('/networks', {
      query: { name: 'public' },
    });
    const { floatingip } = await at.network.post<{ floatingip: { id: string; floating_ip_address: string } }>(
      '/floatingips',
      { floatingip: { floating_network_id: networks[0]?.id } },
    );
    return { id: floatingip.id, address: floatingip.floating_ip_address };
  };

  it("leave Designate's own records behind, and keep those of a zone below", async () => {
    const of = await zone(source);
    await record(source, of, 'sub.', 'NS', `ns.sub.${NAME}`);
    const { all, skipped } = await clouds.look(source);
    expect(all.of('recordset').map(({ name }) => name)).toEqual([`sub.${NAME} NS`]);
    const why = skipped.filter(({ kind }) => kind === 'recordset').map((one) => one.why);
    expect(why).toEqual(["it is Designate's own", "it is Designate's own"]);
  });

  it("tell the target's address of a floating IP that comes along, and any other as it is", async () => {
    const [ours, other] = [await floatingIp(source), await floatingIp(source)];
    await floatingIp(target);
    const of = await zone(source);
    const www = await record(source, of, 'www.', 'A', ours.address, other.address, '192.0.2.7');
    const txt = await record(source, of, '', 'TXT', ours.address);
    const { receipts, there } = await clouds.recover(source, target, [of, { kind: 'floating-ip', id: ours.id }]);
    const address = (
      await target.network.get<{ floatingip: { floating_ip_address: string } }>(
        `/floatingips/${there({ kind: 'floating-ip', id: ours.id })}`,
      )
    ).floatingip.floating_ip_address;
    expect(address).not.toBe(ours.address);
    expect(await recordsAt(target, there(of))).toEqual(
      expect.arrayContaining([
        `A www.${NAME} ${[address, other.address, '192.0.2.7'].sort().join(' ')}`,
        `TXT ${NAME} ${ours.address}`,
      ]),
    );
    const outcomeOf = (ref: Ref) =>
      receipts.find(({ sourceId }) => sourceId === ref.id)?.fields.find(({ field }) => field === 'records')?.outcome;
    expect([outcomeOf(www), outcomeOf(txt)]).toEqual(['mapped', 'carried']);
  });

  it('do not pull the floating IPs into a group that their names lead to', async () => {
    const fip = await floatingIp(source);
    const of = await zone(source);
    await record(source, of, 'www.', 'A', fip.address);
    const { receipts } = await clouds.recover(source, target, [of]);
    expect(receipts.map(({ kind }) => kind).sort()).toEqual(['recordset', 'zone']);
  });

  it('that the target serves already stay as they are, and get nothing added', async () => {
    const theirs = await zone(target, { email: 'other@shop.example' });
    await record(target, theirs, 'www.', 'A', '198.51.100.1');
    const before = await recordsAt(target, theirs.id);
    const of = await zone(source);
    const [www, added] = [
      await record(source, of, 'www.', 'A', '192.0.2.1'),
      await record(source, of, 'new.', 'A', '192.0.2.2'),
    ];
    const { how, receipts, remove } = await clouds.recover(source, target, [of]);
    expect([how(of), how(www), how(added)]).toEqual([
      'mapped: zone by name: it is served there already, and left as it is',
      'mapped: record set by name and type: it is served there already, and left as it is',
      `left out: there serves ${NAME} already, and nothing is added to it before the traffic is switched`,
    ]);
    expect(receipts.flatMap(({ fields }) => fields.filter(({ outcome }) => outcome === 'unexplained'))).toEqual([]);
    expect(await remove()).toEqual({ removed: 0, left: [] });
    expect(await recordsAt(target, theirs.id)).toEqual(before);
  });

  it.each([
    [
      'an administrator, who sees it',
      { username: 'admin', project: 'demo' },
      'another project serves shop.example. at there',
    ],
    [
      'a member, who is refused',
      {},
      'its name cannot be had there: there answered 409 to POST dns /zones: Duplicate Zone',
    ],
  ])('whose name another project has are left out, with their records, for %s', async (_who, as, why) => {
    await zone(clouds.open(clouds.there, { username: 'admin', project: 'admin' }));
    const of = await zone(source);
    const www = await record(source, of, 'www.', 'A', '192.0.2.1');
    const { how, remove } = await clouds.recover(source, clouds.open(clouds.there, as), [of]);
    expect(how(of)).toBe(`left out: ${why}`);
    expect(how(www)).toContain('left out: its zone');
    expect(await remove()).toEqual({ removed: 0, left: [] });
  });

  it('that have masters are made without waiting for them, and without records', async () => {
    const masters = ['192.0.2.8:53', '192.0.2.9:5354'];
    const of = await zone(source, { type: 'SECONDARY', masters, email: undefined });
    const { there, receipts, remove } = await clouds.recover(source, target, [of]);
    expect(await target.dns.get(`/zones/${there(of)}`)).toMatchObject({
      type: 'SECONDARY',
      masters,
      status: 'PENDING',
    });
    expect(receipts[0]?.fields.every(({ outcome }) => outcome === 'carried')).toBe(true);
    expect(await remove()).toEqual({ removed: 1, left: [] });
  });

  it('tell of the names of floating IPs, which stay behind', async () => {
    const fip = await floatingIp(source);
    const id = `${clouds.here.settings.region}:${fip.id}`;
    await source.dns.patch(`/reverse/floatingips/${id}`, { ptrdname: `www.${NAME}` });
    const { how } = await clouds.recover(source, target, [{ kind: 'floating-ip', id: fip.id }]);
    expect(how({ kind: 'ptr-record', id })).toContain('left out: it belongs to an address');
  });
});
