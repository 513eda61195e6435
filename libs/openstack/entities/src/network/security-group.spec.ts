import { topology } from '@lifeboat/openstack-entity-api';
import type { Entity, Target } from '@lifeboat/openstack-entity-api';
import { securityGroup } from './security-group.ts';

const group = (name: string): Entity => ({
  kind: 'security-group',
  id: 'g',
  name,
  spec: { name },
  refs: {},
  observed: {},
});
const rule = (id: string, direction: string, ethertype: string): Entity => ({
  kind: 'security-group-rule',
  id,
  name: '',
  spec: {
    direction,
    ethertype,
    protocol: null,
    port_range_min: null,
    port_range_max: null,
    remote_ip_prefix: null,
    description: '',
  },
  refs: {
    group: { kind: 'security-group', id: 'g' },
    ...(direction === 'ingress' && { remoteGroup: { kind: 'security-group', id: 'g' } }),
  },
  observed: {},
});
const standard = [
  rule('1', 'egress', 'IPv4'),
  rule('2', 'egress', 'IPv6'),
  rule('3', 'ingress', 'IPv4'),
  rule('4', 'ingress', 'IPv6'),
];
const said = (kept: Entity, rules: readonly Entity[]) =>
  securityGroup.notes?.(kept, { all: topology([kept, ...rules]) } as Target).map(({ field }) => field);

describe('the default security group of a project', () => {
  it('is no loss while it has the rules that every one begins with', () => {
    expect(said(group('default'), standard)).toEqual([]);
  });

  it('is said to be more open at the target when it was shut at the source', () => {
    expect(said(group('default'), standard.slice(1))).toEqual(['not egress IPv4 to anywhere']);
  });

  it('is the only one of that kind: others are made with exactly their own rules', () => {
    expect(said(group('web'), [])).toEqual([]);
  });
});
