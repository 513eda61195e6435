import type { Json } from '@lifeboat/kernel';
import type { Entity, Live, Target } from '@lifeboat/openstack-entity-api';
import type { Cloud } from '@lifeboat/openstack-client';
import { pick } from '../fields.ts';
import { ruleKey, rulesOf } from './security-group-rule.ts';

const GIVEN = [
  'direction',
  'ethertype',
  'protocol',
  'port_range_min',
  'port_range_max',
  'remote_ip_prefix',
  'remote_group_id',
  'remote_address_group_id',
  'description',
] as const;

const listRules = (cloud: Cloud, groupId: string): AsyncIterable<Live> =>
  cloud.network.list<Live>('/security-group-rules', 'security_group_rules', { query: { security_group_id: groupId } });

/** A new group comes with rules of its own, one that came back with those of before: what was not captured goes. */
export async function removeOtherRules(cloud: Cloud, id: string, kept: Entity, to: Target): Promise<void> {
  const wanted = new Set(
    to.all
      .of('security-group-rule')
      .filter((rule) => rulesOf(rule)?.id === kept.id)
      .map((rule) => ruleKey.kept(rule, to)),
  );
  for await (const live of listRules(cloud, id))
    if (!wanted.has(ruleKey.live(live))) await cloud.network.delete(`/security-group-rules/${live.id}`);
}

/** As they would be made again. */
export async function rulesIn(cloud: Cloud, groupId: string): Promise<Json> {
  const rules: Json[] = [];
  for await (const live of listRules(cloud, groupId)) rules.push(pick(live, ...GIVEN));
  return rules;
}

/** Those that are missing are made again, under new ids. */
export async function putRulesBack(cloud: Cloud, groupId: string, before: Json | undefined): Promise<void> {
  const standing = new Set<string>();
  for await (const live of listRules(cloud, groupId)) standing.add(ruleKey.live(live));
  for (const rule of (before ?? []) as readonly Record<string, Json>[]) {
    const body = { ...rule, security_group_id: groupId };
    if (standing.has(ruleKey.live({ ...body, id: '' }))) continue;
    const given = Object.entries(body).filter(([, value]) => value !== null);
    await cloud.network.post('/security-group-rules', { security_group_rule: Object.fromEntries(given) });
  }
}
