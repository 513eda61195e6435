import type { Json } from '@lifeboat/kernel';
import { userMetadata, userTags } from '@lifeboat/openstack-entity-api';
import type { Fields } from '../../compile/recorded-objects.ts';
import { placeOf } from './group-rules.ts';
import { isSaid } from './said.ts';

/** Of a property: the field that it has the value of, or how it is made of all. */
type From = string | ((fields: Fields) => Json | undefined);

export interface HotType {
  readonly type: string;
  readonly properties: Readonly<Record<string, From>>;
  /** What of this one Heat cannot be told. */
  readonly unsaid?: (fields: Fields) => readonly string[];
  /** Not in the template at all, and why. */
  readonly leftOut?: (fields: Fields) => string | undefined;
}

const same = (...names: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(names.map((name) => [name, name]));

const listOf = (value: Json | undefined): readonly Fields[] => (value ?? []) as readonly Fields[];
const tags = (fields: Fields): Json | undefined => {
  const own = [...userTags(fields['tags'])];
  return own.length > 0 ? own : undefined;
};
const metadata = (fields: Fields): Json => userMetadata(fields['metadata']);

/** What Heat has no property for and hands on as it is. */
const specs =
  (...names: readonly string[]) =>
  (fields: Fields): Json | undefined => {
    const given = names.flatMap((name) => (isSaid(fields[name]) ? [[name, fields[name]] as const] : []));
    return given.length > 0 ? (Object.fromEntries(given) as Json) : undefined;
  };
const gateway = ({ external_gateway_info: info }: Fields): Json | undefined => {
  if (!info) return undefined;
  const { network_id: network, enable_snat: snat } = info as Fields;
  return { network: network ?? null, ...(snat !== undefined && { enable_snat: snat }) };
};

const fixedIps = (fields: Fields): Json =>
  listOf(fields['fixed_ips']).map(({ subnet_id: subnet, ...rest }) => ({ subnet: subnet ?? null, ...rest }));

const disks = (fields: Fields): Json | undefined => {
  const volumes = listOf(fields['block_device_mapping_v2']).filter(({ source_type: from }) => from === 'volume');
  if (volumes.length === 0) return undefined;
  return volumes.map(({ uuid, boot_index: at, delete_on_termination: ends }) => ({
    volume_id: uuid ?? null,
    // Heat takes a volume that says nothing for one to boot from.
    boot_index: at ?? -1,
    delete_on_termination: ends ?? false,
  }));
};

/** Heat takes the text, Nova its base64. */
const userData = ({ user_data: encoded }: Fields): string | undefined => {
  if (typeof encoded !== 'string' || encoded === '') return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  return Buffer.from(text, 'utf8').toString('base64') === encoded ? text : undefined;
};

const hints = ({ group }: Fields): Json | undefined => (group === undefined ? undefined : { group });
const routes = ({ routes: all }: Fields): readonly string[] =>
  listOf(all).map((route) => `its route to ${String(route['destination'])} via ${String(route['nexthop'])}`);
const named =
  (field: string, what: string) =>
  (fields: Fields): readonly string[] =>
    isSaid(fields[field]) ? [what] : [];
const together =
  (...all: readonly NonNullable<HotType['unsaid']>[]): NonNullable<HotType['unsaid']> =>
  (fields) =>
    all.flatMap((one) => one(fields));

function ruleLeftOut(rule: Fields): string | undefined {
  const place = placeOf(rule);
  return place === 'own' ? undefined : place === 'group' ? '' : place.nowhere;
}

/** One line for each type: what Heat calls it, its properties, and of what recorded field each is. */
export const HOT_TYPES: Readonly<Record<string, HotType>> = {
  network: {
    type: 'OS::Neutron::Net',
    properties: {
      ...same('name', 'admin_state_up', 'port_security_enabled', 'dns_domain', 'shared'),
      qos_policy: 'qos_policy_id',
      tags,
      value_specs: specs('description'),
    },
  },
  subnet: {
    type: 'OS::Neutron::Subnet',
    properties: {
      ...same(
        'name',
        'cidr',
        'ip_version',
        'enable_dhcp',
        'allocation_pools',
        'dns_nameservers',
        'host_routes',
        'ipv6_ra_mode',
        'ipv6_address_mode',
      ),
      network: 'network_id',
      gateway_ip: ({ gateway_ip: ip }) => ip ?? '',
      tags,
      value_specs: specs('description'),
    },
    unsaid: named('subnetpool_id', 'the subnet pool it came from'),
  },
  router: {
    type: 'OS::Neutron::Router',
    properties: {
      ...same('name', 'admin_state_up'),
      external_gateway_info: gateway,
      tags,
      value_specs: specs('description'),
    },
    unsaid: routes,
  },
  'router-interface': {
    type: 'OS::Neutron::Port',
    // Heat gives a name to what does not say that it has none.
    properties: { name: () => '', network: 'network_id', fixed_ips: fixedIps },
  },
  'security-group': {
    type: 'OS::Neutron::SecurityGroup',
    properties: same('name', 'description', 'rules'),
    unsaid: together(
      ({ stateful }) => (stateful === false ? ['that it is stateless'] : []),
      named('shut', 'that nothing goes out of it'),
      named('own_tags', 'its tags'),
    ),
  },
  'security-group-rule': {
    type: 'OS::Neutron::SecurityGroupRule',
    properties: {
      ...same('direction', 'ethertype', 'port_range_min', 'port_range_max', 'remote_ip_prefix', 'description'),
      security_group: 'security_group_id',
      remote_group: 'remote_group_id',
      protocol: 'protocol',
    },
    leftOut: ruleLeftOut,
  },
  port: {
    type: 'OS::Neutron::Port',
    properties: {
      ...same(
        'name',
        'admin_state_up',
        'mac_address',
        'security_groups',
        'allowed_address_pairs',
        'port_security_enabled',
        'dns_name',
        'binding:vnic_type',
      ),
      network: 'network_id',
      fixed_ips: fixedIps,
      qos_policy: 'qos_policy_id',
      tags,
      value_specs: specs('description', 'extra_dhcp_opts'),
    },
  },
  trunk: {
    type: 'OS::Neutron::Trunk',
    properties: {
      ...same('name', 'admin_state_up', 'description'),
      port: 'port_id',
      sub_ports: ({ sub_ports: subs }) =>
        listOf(subs).map(({ port_id: port, ...rest }) => ({ port: port ?? null, ...rest })),
    },
    unsaid: named('own_tags', 'its tags'),
  },
  volume: {
    type: 'OS::Cinder::Volume',
    properties: {
      ...same('name', 'description', 'size', 'volume_type', 'availability_zone', 'snapshot_id', 'backup_id'),
      image: 'imageRef',
      metadata,
    },
    unsaid: together(
      named('bootable', 'whether it is bootable: that comes from what it is made of'),
      named('volume_image_metadata', 'its image metadata'),
    ),
  },
  keypair: { type: 'OS::Nova::KeyPair', properties: same('name', 'public_key', 'type') },
  'server-group': {
    type: 'OS::Nova::ServerGroup',
    properties: { name: 'name', policies: ({ policy }) => [policy ?? null], rules: 'rules' },
  },
  server: {
    type: 'OS::Nova::Server',
    properties: {
      ...same('name', 'availability_zone', 'config_drive', 'key_name', 'tags'),
      image: ({ imageRef }) => imageRef,
      flavor: 'flavorRef',
      metadata,
      networks: ({ networks }) => (networks === 'none' ? [] : networks),
      block_device_mapping_v2: disks,
      scheduler_hints: hints,
      user_data: userData,
      user_data_format: () => 'RAW',
    },
    unsaid: together(
      named('description', 'its description'),
      (fields) =>
        isSaid(fields['user_data']) && userData(fields) === undefined ? ['its user data, which is no text'] : [],
      ({ status }) => (status === 'SHUTOFF' ? ['that it is to be stopped'] : []),
      named('locked', 'its lock'),
      ({ hostname, name }) =>
        isSaid(hostname) && hostname !== name ? ['its hostname, which Nova makes of its name'] : [],
    ),
  },
  'floating-ip': {
    type: 'OS::Neutron::FloatingIP',
    properties: {
      ...same('port_id', 'fixed_ip_address'),
      floating_network: 'floating_network_id',
      value_specs: specs('description'),
    },
    unsaid: together(named('floating_ip_address', 'the address it had'), named('qos_policy_id', 'its QoS policy')),
  },
};
