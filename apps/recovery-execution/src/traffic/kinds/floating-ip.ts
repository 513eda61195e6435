import type { Finding, TrafficSwitch } from '@lifeboat/contracts';
import { illegalState, notFound, sameJson } from '@lifeboat/kernel';
import type { Cloud } from '@lifeboat/openstack-client';
import type { Live } from '@lifeboat/openstack-entity-api';
import type { Put, SwitchKind } from '../switch-kind.ts';

type FloatingIp = NonNullable<TrafficSwitch['floatingIp']>;
/** Where it leads to. `null`: nowhere. */
type Leads = { readonly port: string; readonly address: string } | null;

/** An address of an external network that both sites share. Each of them may let it lead somewhere by itself, so that the former one gives it up where it can be asked to. */
export const floatingIp: SwitchKind<FloatingIp, Leads> = {
  text: ({ address }, target) => `floating IP ${address} at ${target}`,

  async blockers({ address }, { cloud, target, where }): Promise<readonly Finding[]> {
    if (await heldIn(await cloud(target), address)) return [];
    const message = `no floating IP of the project at ${target} has the address ${address}.`;
    return [{ code: 'plan-floating-ip-unknown', where, message, mend: 'Have it allocated to that project there.' }];
  },

  look: async ({ address }, _servers, { cloud, target }) => leads(await held(await cloud(target), address)),

  wanted({ server }, _before, [served]) {
    if (served?.port) return { port: served.port.id, address: served.port.address };
    throw illegalState('switch-without-address', `Server ${served?.name ?? server} has no port with an IPv4 address.`, {
      mend: 'Give it one where it runs now, then have it switched again.',
    });
  },

  async put({ address }, _from, to, { cloud, target, plannedFrom }): Promise<Put> {
    if (plannedFrom !== undefined && plannedFrom !== target) {
      const former = await cloud(plannedFrom);
      const left = await heldIn(former, address);
      if (left && leads(left)) await lead(former, left, null);
    }
    const at = await cloud(target);
    const live = await held(at, address);
    if (sameJson(leads(live), to)) return {};
    // Neutron lets one floating IP of a network lead to an address.
    if (to) for (const other of await leadingTo(at, to)) if (other.id !== live.id) await lead(at, other, null);
    await lead(at, live, to);
    return {};
  },

  show: (value) => (value === null ? 'leads nowhere' : `port ${value.port} (${value.address})`),
};

const leads = (live: Live): Leads =>
  live['port_id'] === null ? null : { port: String(live['port_id']), address: String(live['fixed_ip_address']) };

/** Neutron takes an update that does not name the QoS policy for one that takes it away. */
async function lead({ network }: Cloud, live: Live, to: Leads): Promise<void> {
  const policy = live['qos_policy_id'] == null ? {} : { qos_policy_id: live['qos_policy_id'] };
  const where = to === null ? { port_id: null } : { port_id: to.port, fixed_ip_address: to.address };
  await network.put(`/floatingips/${live.id}`, { floatingip: { ...where, ...policy } });
}

async function heldIn(cloud: Cloud, address: string): Promise<Live | undefined> {
  const { projectId } = await cloud.whoAmI();
  const query = { floating_ip_address: address, project_id: projectId };
  for await (const live of cloud.network.list<Live>('/floatingips', 'floatingips', { query }))
    if (live['floating_ip_address'] === address) return live;
  return undefined;
}

async function held(cloud: Cloud, address: string): Promise<Live> {
  const live = await heldIn(cloud, address);
  if (live) return live;
  throw notFound('floating-ip-not-found', `The project at ${cloud.site} holds no floating IP ${address}.`, {
    mend: 'Have it allocated to that project, then have it switched again.',
  });
}

async function leadingTo({ network }: Cloud, { port, address }: NonNullable<Leads>): Promise<readonly Live[]> {
  const found: Live[] = [];
  for await (const live of network.list<Live>('/floatingips', 'floatingips', { query: { port_id: port } }))
    if (live['fixed_ip_address'] === address) found.push(live);
  return found;
}
