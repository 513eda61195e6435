import type { Json } from '@lifeboat/kernel';

type Body = { readonly [key: string]: Json };

/** What a rule does not say it does not want: another rule that says more is another rule. */
const RULE: Body = Object.fromEntries(
  [
    'protocol',
    'port_range_min',
    'port_range_max',
    'remote_ip_prefix',
    'remote_group_id',
    'remote_address_group_id',
  ].map((field) => [field, null]),
);

/** By what those are known again that cannot bear a mark, where it is not all that is asked for. */
const LOOKS: Readonly<Record<string, (body: Body) => Body>> = {
  keypair: ({ keypair }) => ({ name: (keypair as Body)['name'] ?? null }),
  flavor: ({ flavor }) => ({ name: (flavor as Body)['name'] ?? null }),
  'server-group': ({ server_group: group }) => {
    const { name, policy } = group as Body;
    return { name: name ?? null, policy: policy ?? null };
  },
  'security-group-rule': ({ security_group_rule: rule }) => {
    const { description: _description, ...said } = rule as Body;
    return { ...RULE, ...said };
  },
  'volume-group': ({ group }) => {
    const { name, description } = group as Body;
    return { name: name ?? null, description: description ?? null };
  },
};

/** Pure. */
export function naturalLooks(kind: string, body: Json): Json {
  const known = LOOKS[kind];
  if (known) return known(body as Body);
  const [inner] = Object.values(body as Body);
  return inner ?? null;
}
