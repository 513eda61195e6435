import type { Finding, TrafficSwitch } from '@lifeboat/contracts';
import { asLifeboatError, external, notFound } from '@lifeboat/kernel';
import type { Json } from '@lifeboat/kernel';
import type { Cloud } from '@lifeboat/openstack-client';
import type { Live } from '@lifeboat/openstack-entity-api';
import { reachedAt } from '../served.ts';
import type { Put, SwitchKind } from '../switch-kind.ts';

type Members = NonNullable<TrafficSwitch['members']>;
/** A member as it would be made again. */
type Member = { readonly address: string; readonly protocol_port: number; readonly [field: string]: Json };

const KEPT = ['name', 'weight', 'backup', 'admin_state_up', 'subnet_id', 'monitor_address', 'monitor_port', 'tags'];
/** Of the place where it was. */
const OF_ITS_PLACE = ['subnet_id', 'monitor_address'];

/** Members of a pool that is none of the group's. One change at a time: a load balancer takes no other while one is under way. New ones come before former ones go. */
export const members: SwitchKind<Members, readonly Member[]> = {
  text: ({ pool, site }) => `members of ${pool} at ${site}`,

  async blockers({ pool, site }, { cloud, where }): Promise<readonly Finding[]> {
    const at = await cloud(site);
    if (!(await at.has('load-balancer')))
      return [{ code: 'plan-no-octavia', where, message: `${site} has no Octavia.`, mend: 'Name another site.' }];
    const found = await poolsOf(at, pool);
    if (found.length === 1) return [];
    const message =
      found.length === 0 ? `${site} has no pool "${pool}".` : `${site} has ${found.length} pools "${pool}".`;
    return [{ code: 'plan-pool-unknown', where, message, mend: 'Name it by its id.' }];
  },

  async look({ pool, site }, servers, { cloud }) {
    const former = new Set(servers.flatMap((server) => server.former));
    const { live } = await membersOf(await cloud(site), pool);
    return live.filter(({ address }) => former.has(String(address))).map(kept);
  },

  wanted({ port }, before, servers) {
    reachedAt(servers, ofEither);
    return servers.flatMap((server): Member[] => {
      const address = server.addresses.find(ofEither);
      if (address === undefined) return [];
      const sibling = before?.find((one) => server.former.includes(one.address));
      const likeIt = Object.entries(sibling ?? {}).filter(([field]) => !OF_ITS_PLACE.includes(field));
      return [{ ...Object.fromEntries(likeIt), address, protocol_port: port }];
    });
  },

  async put({ pool, site }, from, to, { cloud }): Promise<Put> {
    const { service, path, live } = await membersOf(await cloud(site), pool);
    const leaving = live.filter((one) => from?.some(is(one)) && !to.some(is(one)));
    try {
      const missing = to.find((one) => !live.some((other) => is(other)(one)));
      if (missing) return await service.post(path, { member: missing }).then(() => 'going' as const);
      const [next] = leaving.filter((one) => !isGoing(one));
      if (next) return await service.delete(`${path}/${next.id}`).then(() => 'going' as const);
    } catch (thrown) {
      if (isBusy(thrown)) return 'going';
      throw thrown;
    }
    const arrived = live.filter((one) => to.some(is(one)));
    refuseFailed(arrived, pool, site);
    return leaving.length > 0 || arrived.some(isGoing) ? 'going' : {};
  },

  show: (value) =>
    value.length === 0
      ? 'no member'
      : value.map(({ address, protocol_port }) => `${address}:${protocol_port}`).join(', '),
};

const ofEither = (): boolean => true;

const kept = (live: Live): Member => ({
  address: String(live['address']),
  protocol_port: Number(live['protocol_port']),
  ...Object.fromEntries(KEPT.flatMap((field) => (live[field] == null ? [] : [[field, live[field] as Json]]))),
});

/** Whether a member is this one: Octavia has one of an address and port in a pool. */
const is =
  (live: Live) =>
  ({ address, protocol_port }: Member): boolean =>
    live['address'] === address && live['protocol_port'] === protocol_port;

const isGoing = (live: Live): boolean => String(live['provisioning_status']).startsWith('PENDING_');

const isBusy = (thrown: unknown): boolean => {
  const { kind, message } = asLifeboatError(thrown);
  return kind === 'conflict' && /is immutable and cannot be updated|Invalid state PENDING_/.test(message);
};

function refuseFailed(live: readonly Live[], pool: string, site: string): void {
  const failed = live.find((one) => one['provisioning_status'] === 'ERROR');
  if (!failed) return;
  throw external(
    'member-failed',
    `Octavia at ${site} could not make ${String(failed['address'])} a member of ${pool}.`,
    {
      retry: 'yes',
      mend: 'Look at the load balancer of that pool.',
    },
  );
}

async function poolsOf(cloud: Cloud, pool: string): Promise<readonly Live[]> {
  const found: Live[] = [];
  for await (const live of cloud['load-balancer'].list<Live>('/lbaas/pools', 'pools'))
    if (live.id === pool || live['name'] === pool) found.push(live);
  return found;
}

async function membersOf(cloud: Cloud, pool: string) {
  const [only, ...more] = await poolsOf(cloud, pool);
  if (!only || more.length > 0)
    throw notFound('pool-not-found', `${cloud.site} has ${only ? 'several pools' : 'no pool'} "${pool}".`, {
      mend: 'Name the pool by its id in the plan, or set its members by hand.',
    });
  const [service, path] = [cloud['load-balancer'], `/lbaas/pools/${only.id}/members`];
  const live: Live[] = [];
  for await (const one of service.list<Live>(path, 'members')) live.push(one);
  return { service, path, live };
}
