import type { Cloud } from '../cloud.ts';
import { accepted, get, ok, post, remove, type Answer, type Call, type Route } from '../http/call.ts';
import { asObject, objectsOf, textOf } from '../http/fields.ts';
import { badRequest, notFound } from '../http/refusal.ts';
import { needState, serverOf } from './compute-policy.ts';
import type { Nic, Server } from './compute-state.ts';
import { plug, resolveNics, unplug } from './server-nics.ts';

const root = '/v2.1/servers/{id}/os-interface';

function view(cloud: Cloud, call: Call, nic: Nic): Record<string, unknown> {
  const port = cloud.network.ports.get(nic.portId);
  return {
    net_id: port?.networkId,
    port_id: nic.portId,
    mac_addr: port?.mac,
    port_state: port?.status,
    fixed_ips: port?.fixedIps ?? [],
    ...(call.minor >= 70 && { tag: nic.tag }),
  };
}

function nicOf(server: Server, call: Call): Nic {
  const nic = server.nics.find((one) => one.portId === call.params['port']);
  if (nic === undefined) throw notFound(`Instance ${server.id} does not have a port with id ${call.params['port']}`);
  return nic;
}

function attach(cloud: Cloud, call: Call): Answer {
  const server = serverOf(cloud, call);
  needState(server, 'attach_interface', ['active', 'paused', 'stopped']);
  const body = asObject(call.body['interfaceAttachment']);
  const portId = textOf(body, 'port_id');
  const networkId = textOf(body, 'net_id');
  if (portId !== undefined && networkId !== undefined) throw badRequest('Must not input both network_id and port_id');
  const address = textOf(asObject(objectsOf(body, 'fixed_ips')?.[0]), 'ip_address');
  const wishes = resolveNics(
    cloud,
    call,
    portId === undefined && networkId === undefined
      ? 'auto'
      : [{ portId, networkId, address, tag: textOf(body, 'tag') ?? null }],
  );
  const nics = wishes.map((wish) => plug(cloud, server, wish, []));
  server.nics.push(...nics);
  return ok({ interfaceAttachment: nics[0] && view(cloud, call, nics[0]) });
}

function detach(cloud: Cloud, call: Call): Answer {
  const server = serverOf(cloud, call);
  needState(server, 'detach_interface', ['active', 'paused', 'stopped']);
  const nic = nicOf(server, call);
  cloud.jobs.later(() => {
    // Nova deletes the ports it made and only unbinds those it was given.
    unplug(cloud, nic);
    server.nics = server.nics.filter((one) => one.portId !== nic.portId);
  });
  return accepted();
}

export const interfaceRoutes = (cloud: Cloud): Route[] => [
  get(root, (call) => ok({ interfaceAttachments: serverOf(cloud, call).nics.map((nic) => view(cloud, call, nic)) })),
  post(root, (call) => attach(cloud, call)),
  get(`${root}/{port}`, (call) => ok({ interfaceAttachment: view(cloud, call, nicOf(serverOf(cloud, call), call)) })),
  remove(`${root}/{port}`, (call) => detach(cloud, call)),
];
