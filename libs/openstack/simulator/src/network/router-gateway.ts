import type { Cloud } from '../cloud.ts';
import type { Call } from '../http/call.ts';
import { flagOf, objectOf, objectsOf, requiredText, textOf, type JsonObject } from '../http/fields.ts';
import { badResource, neutron, notByPolicy } from './network-error.ts';
import { networkOf } from './network-routes.ts';
import type { Router } from './network-state.ts';
import { makePort } from './port-create.ts';

export function gatewayView(cloud: Cloud, router: Router): unknown {
  if (router.gateway === null) return null;
  const port = cloud.network.ports.get(router.gateway.portId);
  return {
    network_id: router.gateway.networkId,
    external_fixed_ips: port?.fixedIps ?? [],
    enable_snat: router.gateway.snat,
  };
}

function dropGateway(cloud: Cloud, router: Router): void {
  if (router.gateway === null) return;
  const { networkId, portId } = router.gateway;
  if (cloud.network.floatingIps.some((one) => one.routerId === router.id)) {
    throw neutron(
      409,
      'RouterExternalGatewayInUseByFloatingIp',
      `Gateway cannot be updated for router ${router.id}, since a gateway to external network ${networkId} is required by one or more floating IPs.`,
    );
  }
  cloud.network.ports.delete(portId);
  router.gateway = null;
}

function checkRights(call: Call, info: JsonObject, verb: string): void {
  const router = `${verb}_router`;
  const gateway = `${router}:external_gateway_info`;
  const refused = (field: string): Error =>
    notByPolicy(`${router} and (rule:${gateway} and (rule:${gateway}:network_id and rule:${gateway}:${field}))`);
  if (call.who.isAdmin) return;
  if ('enable_snat' in info) throw refused('enable_snat');
  if (objectsOf(info, 'external_fixed_ips') !== undefined) throw refused('external_fixed_ips');
}

/** Sets, changes or (null or {}) clears a router's gateway. The port on the outer network has no project. */
export function setGateway(cloud: Cloud, call: Call, router: Router, body: JsonObject): void {
  const info = objectOf(body, 'external_gateway_info');
  checkRights(call, info, call.method === 'POST' ? 'create' : 'update');
  if (textOf(info, 'network_id') === undefined) {
    dropGateway(cloud, router);
    return;
  }
  const network = networkOf(cloud, call, requiredText(info, 'network_id'));
  if (!network.external) throw badResource('router', `Network ${network.id} is not an external network`);
  const fixed = objectsOf(info, 'external_fixed_ips')?.map((ip) => ({
    subnetId: textOf(ip, 'subnet_id'),
    address: textOf(ip, 'ip_address'),
  }));
  const snat = flagOf(info, 'enable_snat') ?? true;
  if (router.gateway?.networkId === network.id && fixed === undefined) {
    router.gateway.snat = snat;
    return;
  }
  dropGateway(cloud, router);
  const port = makePort(cloud, network, {
    projectId: '',
    deviceOwner: 'network:router_gateway',
    deviceId: router.id,
    securityGroups: [],
    status: 'ACTIVE',
    host: `${cloud.settings.name}-compute`,
    wishes: fixed,
  });
  router.gateway = { networkId: network.id, portId: port.id, snat };
}

/** For the router's deletion. */
export function removeGatewayPort(cloud: Cloud, router: Router): void {
  if (router.gateway !== null) cloud.network.ports.delete(router.gateway.portId);
}
