import type { Json } from '@lifeboat/kernel';
import type { Fields } from '../../compile/recorded-objects.ts';
import { isSaid } from './said.ts';

/**
 * Where a rule stands. Of Heat's two places for rules only a group's own list takes those of every protocol, and takes away the two rules that every group begins
 * with; only a resource of its own takes a description, and may refer to groups in a circle.
 */
export type Place = 'own' | 'group' | { readonly nowhere: string };

const callOf = (id: Json | undefined): number => Number(/^\$\{(\d+)\./.exec(String(id))?.[1] ?? Number.NaN);

/** Pure. */
export function placeOf(rule: Fields): Place {
  const group = callOf(rule['security_group_id']);
  if (Number.isNaN(group)) return { nowhere: 'it belongs to a group that stands there, which may have it already' };
  if (isSaid(rule['remote_address_group_id'])) return { nowhere: 'Heat knows no address groups' };
  if (rule['direction'] === 'ingress' && isSaid(rule['protocol'])) return 'own';
  // Made later, or by somebody else and never called by a number.
  return callOf(rule['remote_group_id']) > group
    ? { nowhere: 'Heat makes such a rule only where its remote group is made before its own' }
    : 'group';
}

const SAME = ['direction', 'ethertype', 'protocol', 'port_range_min', 'port_range_max', 'remote_ip_prefix'];

/** As a group's list has it; a group that refers to itself names nobody. Pure. */
export function ruleInGroup(rule: Fields): Fields {
  const said = SAME.filter((name) => isSaid(rule[name])).map((name) => [name, rule[name]] as const);
  const remote = rule['remote_group_id'];
  return {
    ...(Object.fromEntries(said) as Fields),
    ...(isSaid(remote) && { remote_mode: 'remote_group_id' }),
    ...(isSaid(remote) && remote !== rule['security_group_id'] && { remote_group_id: remote ?? null }),
  };
}
