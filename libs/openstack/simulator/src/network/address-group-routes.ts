import type { Cloud } from '../cloud.ts';
import { created, get, noContent, ok, post, put, remove, type Call, type Route } from '../http/call.ts';
import { textsOf, type JsonObject } from '../http/fields.ts';
import { blockOf, cidrOf } from './addresses.ts';
import type { AddressGroup } from './extension-resources.ts';
import { httpBadRequest, missing, neutron, notByPolicy } from './network-error.ts';
import { chosenFields, networkList } from './network-list.ts';
import { applyNames, bodyOf, newResource, owns, projectFor, touch } from './resource.ts';
import { isShared } from './sharing.ts';

const readOnly = ['id', 'shared', 'created_at', 'updated_at', 'revision_number'];

const mayRead = (cloud: Cloud, call: Call, group: AddressGroup): boolean =>
  owns(call, group) || isShared(cloud, call, group.id);

export function addressGroupOf(cloud: Cloud, call: Call, id: string | undefined): AddressGroup {
  const group = cloud.network.addressGroups.get(id);
  if (group === undefined || !mayRead(cloud, call, group)) throw missing('AddressGroup', id);
  return group;
}

/** It has none of the standard attributes but a description: no tags, no revisions, no times. */
const view = (group: AddressGroup): Record<string, unknown> => ({
  id: group.id,
  name: group.name,
  tenant_id: group.projectId,
  description: group.description,
  addresses: group.addresses,
  project_id: group.projectId,
});

function addressesOf(body: JsonObject): string[] {
  return [
    ...new Set(
      (textsOf(body, 'addresses') ?? []).map((text) => {
        const block = blockOf(text);
        if (block === undefined)
          throw httpBadRequest(`Invalid input for addresses. Reason: '${text}' is not a valid IP subnet.`);
        if (!text.includes('/'))
          throw httpBadRequest(
            `Invalid input for addresses. Reason: '${text}' isn't a recognized IP subnet cidr, '${cidrOf(block)}' is recommended.`,
          );
        return cidrOf(block);
      }),
    ),
  ];
}

function create(cloud: Cloud, call: Call): AddressGroup {
  const body = bodyOf(call, 'address_group', ['name', 'description', 'addresses', 'project_id', 'tenant_id'], readOnly);
  const projectId = projectFor(call, body, 'create_address_group');
  return cloud.network.addressGroups.add({ ...newResource(projectId, body), addresses: addressesOf(body) });
}

function own(cloud: Cloud, call: Call, rule: string): AddressGroup {
  const group = addressGroupOf(cloud, call, call.params['id']);
  if (!owns(call, group)) throw notByPolicy(rule);
  return group;
}

function update(cloud: Cloud, call: Call): AddressGroup {
  const group = own(cloud, call, 'update_address_group');
  const body = bodyOf(
    call,
    'address_group',
    ['name', 'description'],
    [...readOnly, 'addresses', 'project_id', 'tenant_id'],
  );
  applyNames(group, body);
  touch(group);
  return group;
}

const shown = (addresses: readonly string[]): string => `[${addresses.map((one) => `'${one}'`).join(', ')}]`;

function change(cloud: Cloud, call: Call, verb: 'add' | 'remove'): AddressGroup {
  const group = own(cloud, call, `${verb}_addresses`);
  const asked = addressesOf(call.body);
  const wrong = asked.filter((one) => group.addresses.includes(one) === (verb === 'add'));
  if (wrong.length > 0 && verb === 'add')
    throw neutron(
      400,
      'AddressesAlreadyExist',
      `Addresses ${shown(wrong)} already exist in the address group ${group.id}.`,
    );
  if (wrong.length > 0)
    throw neutron(404, 'AddressesNotFound', `Addresses ${shown(wrong)} not found in the address group ${group.id}.`);
  group.addresses =
    verb === 'add' ? [...group.addresses, ...asked] : group.addresses.filter((one) => !asked.includes(one));
  touch(group);
  return group;
}

function destroy(cloud: Cloud, group: AddressGroup): void {
  if (cloud.network.rules.some((rule) => rule.remoteAddressGroupId === group.id))
    throw neutron(409, 'AddressGroupInUse', `Address group ${group.id} is in use on one or more security group rules.`);
  for (const policy of cloud.network.rbacPolicies.filter((one) => one.objectId === group.id))
    cloud.network.rbacPolicies.delete(policy.id);
  cloud.network.addressGroups.delete(group.id);
}

export const addressGroupRoutes = (cloud: Cloud): Route[] => [
  get('/v2.0/address-groups', (call) =>
    ok(
      networkList(
        call,
        'address_groups',
        cloud.network.addressGroups.filter((one) => mayRead(cloud, call, one)),
        view,
      ),
    ),
  ),
  post('/v2.0/address-groups', (call) => created({ address_group: view(create(cloud, call)) })),
  get('/v2.0/address-groups/{id}', (call) =>
    ok({ address_group: chosenFields(view(addressGroupOf(cloud, call, call.params['id'])), call) }),
  ),
  put('/v2.0/address-groups/{id}', (call) => ok({ address_group: view(update(cloud, call)) })),
  put('/v2.0/address-groups/{id}/add_addresses', (call) => ok({ address_group: view(change(cloud, call, 'add')) })),
  put('/v2.0/address-groups/{id}/remove_addresses', (call) =>
    ok({ address_group: view(change(cloud, call, 'remove')) }),
  ),
  remove('/v2.0/address-groups/{id}', (call) => {
    destroy(cloud, own(cloud, call, 'delete_address_group'));
    return noContent();
  }),
];
