import type { Cloud } from '../cloud.ts';
import { created, get, noContent, ok, post, put, remove, type Call, type Route } from '../http/call.ts';
import { flagOf, numberOf, objectsOf, requiredText, textOf, type JsonObject } from '../http/fields.ts';
import type { SubPort, Trunk } from './extension-resources.ts';
import { invalidInput, missing, neutron } from './network-error.ts';
import { chosenFields, networkList } from './network-list.ts';
import { checkNetworkQuota } from './network-quota.ts';
import type { Port } from './network-state.ts';
import { portOf } from './port-routes.ts';
import { applyNames, bodyOf, newResource, owns, projectFor, standardView, touch } from './resource.ts';

const readOnly = ['id', 'status', 'revision_number', 'created_at', 'updated_at', 'tags'];

function trunkOf(cloud: Cloud, call: Call): Trunk {
  const trunk = cloud.network.trunks.get(call.params['id']);
  if (trunk === undefined || !owns(call, trunk)) throw missing('Trunk', call.params['id']);
  return trunk;
}

const view = (trunk: Trunk): Record<string, unknown> => ({
  id: trunk.id,
  name: trunk.name,
  tenant_id: trunk.projectId,
  port_id: trunk.portId,
  admin_state_up: trunk.adminStateUp,
  status: trunk.status,
  sub_ports: trunk.subPorts,
  description: trunk.description,
  ...standardView(trunk),
});

const isSubPort = (cloud: Cloud, portId: string): boolean =>
  cloud.network.trunks.some((one) => one.subPorts.some((sub) => sub.port_id === portId));
const isParent = (cloud: Cloud, portId: string): boolean => cloud.network.trunks.some((one) => one.portId === portId);
const parentInUse = (portId: string): Error =>
  neutron(409, 'ParentPortInUse', `Port ${portId} is currently in use and is not eligible for use as a parent port.`);

function checkFree(cloud: Cloud, portId: string): void {
  if (isSubPort(cloud, portId)) throw neutron(409, 'TrunkPortInUse', `Port ${portId} is in use by another trunk.`);
  if (isParent(cloud, portId)) throw parentInUse(portId);
}

const mtuOf = (cloud: Cloud, port: Port): number => cloud.network.networks.get(port.networkId)?.mtu ?? 0;

function checkSubPort(cloud: Cloud, call: Call, sub: SubPort, parent: Port): void {
  if (sub.port_id === parent.id) throw parentInUse(sub.port_id);
  const port = portOf(cloud, call, sub.port_id);
  if (mtuOf(cloud, port) > mtuOf(cloud, parent))
    throw neutron(
      409,
      'SubPortMtuGreaterThanTrunkPortMtu',
      `MTU ${mtuOf(cloud, port)} of subport ${port.id} cannot be greater than MTU ${mtuOf(cloud, parent)} of trunk ${parent.id}.`,
    );
  if (sub.segmentation_type !== 'vlan') throw invalidInput(`Unknown segmentation_type '${sub.segmentation_type}'`);
  if (sub.segmentation_id < 1 || sub.segmentation_id > 4094)
    throw invalidInput(`Segmentation ID '${sub.segmentation_id}' is not in range`);
  checkFree(cloud, port.id);
  if (port.deviceId !== '')
    throw neutron(
      409,
      'PortInUse',
      `Unable to complete operation on port ${port.id} for network ${port.networkId}. Port already has an attached device ${port.deviceId}.`,
    );
}

function subPortsOf(body: JsonObject): SubPort[] {
  return (objectsOf(body, 'sub_ports') ?? []).map((sub) => {
    const [type, id] = [textOf(sub, 'segmentation_type'), numberOf(sub, 'segmentation_id')];
    const portId = requiredText(sub, 'port_id');
    if (type === undefined || id === undefined)
      throw invalidInput(
        `Invalid subport details '{'port_id': '${portId}'}': missing segmentation information. Must specify both segmentation_id and segmentation_type`,
      );
    return { port_id: portId, segmentation_type: type, segmentation_id: id };
  });
}

function attach(cloud: Cloud, call: Call, trunk: Pick<Trunk, 'id' | 'portId' | 'subPorts'>, more: SubPort[]): void {
  const parent = portOf(cloud, call, trunk.portId);
  for (const [i, sub] of more.entries()) {
    checkSubPort(cloud, call, sub, parent);
    if ([...trunk.subPorts, ...more.slice(0, i)].some((one) => one.segmentation_id === sub.segmentation_id))
      throw neutron(
        409,
        'DuplicateSubPort',
        `segmentation_type ${sub.segmentation_type} and segmentation_id ${sub.segmentation_id} already in use on trunk ${trunk.id}.`,
      );
  }
  trunk.subPorts.push(...more);
  for (const sub of more) own(cloud, sub.port_id, 'trunk:subport');
}

function own(cloud: Cloud, portId: string, owner: string): void {
  const port = cloud.network.ports.get(portId);
  if (port === undefined) return;
  port.deviceOwner = owner;
  touch(port);
}

function create(cloud: Cloud, call: Call): Trunk {
  const allowed = ['name', 'description', 'admin_state_up', 'port_id', 'sub_ports', 'project_id', 'tenant_id'];
  const body = bodyOf(call, 'trunk', allowed, readOnly);
  const projectId = projectFor(call, body, 'create_trunk');
  const port = portOf(cloud, call, requiredText(body, 'port_id'));
  checkFree(cloud, port.id);
  // Whether a bound port may become a parent depends on the driver; the linuxbridge one says no.
  if (port.host !== '') throw parentInUse(port.id);
  checkNetworkQuota(cloud, projectId, 'trunk');
  const trunk: Trunk = {
    ...newResource(projectId, body),
    revision: 1,
    portId: port.id,
    adminStateUp: flagOf(body, 'admin_state_up') ?? true,
    status: 'DOWN',
    subPorts: [],
  };
  attach(cloud, call, trunk, subPortsOf(body));
  return cloud.network.trunks.add(trunk);
}

/** Nothing but names and the switch itself may be changed while it is switched off, and it does not go. */
function checkManaged(trunk: Trunk): void {
  if (!trunk.adminStateUp) throw neutron(409, 'TrunkDisabled', `Trunk ${trunk.id} is currently disabled.`);
}

function update(cloud: Cloud, call: Call): Trunk {
  const trunk = trunkOf(cloud, call);
  const never = [...readOnly, 'port_id', 'sub_ports', 'project_id', 'tenant_id'];
  const body = bodyOf(call, 'trunk', ['name', 'description', 'admin_state_up'], never);
  applyNames(trunk, body);
  trunk.adminStateUp = flagOf(body, 'admin_state_up') ?? trunk.adminStateUp;
  touch(trunk);
  return trunk;
}

function detach(cloud: Cloud, trunk: Trunk, asked: readonly JsonObject[]): void {
  for (const portId of asked.map((sub) => requiredText(sub, 'port_id'))) {
    if (!trunk.subPorts.some((one) => one.port_id === portId))
      throw neutron(404, 'SubPortNotFound', `SubPort ${portId} on trunk ${trunk.id} could not be found.`);
    trunk.subPorts = trunk.subPorts.filter((one) => one.port_id !== portId);
    own(cloud, portId, '');
  }
}

function destroy(cloud: Cloud, trunk: Trunk): void {
  checkManaged(trunk);
  if ((cloud.network.ports.get(trunk.portId)?.host ?? '') !== '')
    throw neutron(409, 'TrunkInUse', `Trunk ${trunk.id} is currently in use.`);
  for (const sub of trunk.subPorts) own(cloud, sub.port_id, '');
  cloud.network.trunks.delete(trunk.id);
}

export const trunkRoutes = (cloud: Cloud): Route[] => [
  get('/v2.0/trunks', (call) =>
    ok(
      networkList(
        call,
        'trunks',
        cloud.network.trunks.filter((one) => owns(call, one)),
        view,
      ),
    ),
  ),
  post('/v2.0/trunks', (call) => created({ trunk: view(create(cloud, call)) })),
  get('/v2.0/trunks/{id}', (call) => ok({ trunk: chosenFields(view(trunkOf(cloud, call)), call) })),
  put('/v2.0/trunks/{id}', (call) => ok({ trunk: view(update(cloud, call)) })),
  get('/v2.0/trunks/{id}/get_subports', (call) => ok({ sub_ports: trunkOf(cloud, call).subPorts })),
  put('/v2.0/trunks/{id}/add_subports', (call) => {
    const trunk = trunkOf(cloud, call);
    checkManaged(trunk);
    attach(cloud, call, trunk, subPortsOf(call.body));
    touch(trunk);
    return ok(view(trunk));
  }),
  put('/v2.0/trunks/{id}/remove_subports', (call) => {
    const trunk = trunkOf(cloud, call);
    checkManaged(trunk);
    detach(cloud, trunk, objectsOf(call.body, 'sub_ports') ?? []);
    touch(trunk);
    return ok(view(trunk));
  }),
  remove('/v2.0/trunks/{id}', (call) => {
    destroy(cloud, trunkOf(cloud, call));
    return noContent();
  }),
];
