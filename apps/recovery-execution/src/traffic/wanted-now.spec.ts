import { members } from './kinds/members.ts';
import { record } from './kinds/record.ts';
import type { Served } from './served.ts';
import type { SwitchKind } from './switch-kind.ts';
import { wantedNow } from './wanted-now.ts';

const web = (...addresses: readonly string[]): Served => ({
  id: 'srv-1',
  name: 'web',
  former: ['172.24.5.7'],
  addresses,
});
const HOME = { before: { ttl: 3_600, records: ['192.0.2.1'] }, former: ['172.24.4.9', '10.0.0.5'] };
const THERE = { ttl: 60, records: ['172.24.5.7'] };
const WWW = { at: 'ns', zone: 'shop.example.', name: 'www.shop.example.', type: 'A', ttl: 60 };
const recordKind = record as SwitchKind<unknown, never>;

describe('what is to stand where traffic is led from', () => {
  it('is the address where the group serves, as the plan says', () => {
    const servers = [web('172.24.5.7', '10.0.0.5')];
    expect(wantedNow(recordKind, WWW, { before: HOME.before, servers })).toEqual({ after: THERE, how: 'switched' });
  });

  it('is at home what stood there before it left, value by value, where it is reached as it was then', () => {
    const servers = [web('10.0.0.5', '172.24.4.9')];
    expect(wantedNow(recordKind, WWW, { before: THERE, servers, earlier: HOME })).toEqual({
      after: HOME.before,
      how: 'put-back',
    });
    const nothing = { ...HOME, before: null };
    expect(wantedNow(recordKind, WWW, { before: THERE, servers, earlier: nothing })).toMatchObject({ after: null });
  });

  it('is at home the new address, where it is reached at another one than then', () => {
    const servers = [web('172.24.4.77', '10.0.0.5')];
    expect(wantedNow(recordKind, WWW, { before: THERE, servers, earlier: HOME })).toEqual({
      after: { ttl: 60, records: ['172.24.4.77'] },
      how: 'switched',
    });
  });

  it('is what is said anew to those in whom nobody can look', () => {
    const call = { wanted: () => 'told' };
    const earlier = { before: null, former: ['10.0.0.5'] };
    expect(wantedNow(call, 'announce', { before: null, servers: [web('10.0.0.5')], earlier })).toMatchObject({
      after: 'told',
    });
  });

  it('is never nothing because no server has an address of that kind', () => {
    expect(() => record.wanted({ ...WWW, type: 'AAAA', servers: [] }, null, [web('10.0.0.5')])).toThrow(
      'no server has',
    );
    expect(() => members.wanted({ site: 'gamma', pool: 'web', port: 80, servers: [] }, [], [web()])).toThrow('web');
  });

  it('takes the place of a member with its weight, not with the way to its network', () => {
    const before = [
      { address: '172.24.5.7', protocol_port: 8080, weight: 5, subnet_id: 's', monitor_address: '10.0.0.5' },
    ];
    const what = { site: 'gamma', pool: 'web', port: 80, servers: [] };
    expect(members.wanted(what, before, [web('172.24.4.9'), { ...web('172.24.4.10'), former: [] }])).toEqual([
      { address: '172.24.4.9', protocol_port: 80, weight: 5 },
      { address: '172.24.4.10', protocol_port: 80 },
    ]);
  });
});
