import type { Finding, ResolvedSwitch, TrafficSwitch } from '@lifeboat/contracts';
import type { Entity, Topology } from '@lifeboat/openstack-entity-api';
import { isIP } from 'node:net';
import { found, meantBy, named } from '../plan/select-servers.ts';
import type { Named } from '../plan/select-servers.ts';
import { kindOf } from './kinds.ts';
import { capturedAddresses } from './served.ts';

export interface ResolvedTraffic {
  readonly traffic: readonly ResolvedSwitch[];
  readonly blockers: readonly Finding[];
}

interface Run {
  readonly topology: Topology;
  readonly servers: readonly (Entity & Named)[];
  /** Of a Designate that no site is named of: the recovery site of the way there, whichever way the run goes. */
  readonly designateAt: string;
}

/** To which servers of a point each switch of a plan leads. Pure. */
export function resolveTraffic(traffic: readonly TrafficSwitch[], run: Run): ResolvedTraffic {
  const resolved = traffic.map((one, i) => resolve(one, `plan, spec.traffic[${i}].${kindOf(one).key}`, run));
  return {
    traffic: resolved.map(({ content }) => content),
    blockers: resolved.flatMap(({ blockers }) => blockers),
  };
}

function resolve(of: TrafficSwitch, where: string, { topology, servers, designateAt }: Run) {
  const { record, designate, members, floatingIp } = of;
  const site = designate && { designate: { ...designate, site: designate.site ?? designateAt } };
  const selectors = (record ?? designate ?? members)?.servers;
  const selected = selectors?.map((selector, j) => found(selector, servers, `${where}.servers[${j}]`));
  const only = floatingIp && onlyOne(floatingIp.server, servers, where);
  // Who is called is told of all.
  const serves = only?.servers ?? (selected ? [...new Set(selected.flatMap((one) => one.servers))] : servers);
  const family = floatingIp ? 4 : (record ?? designate)?.type === 'AAAA' ? 6 : record || designate ? 4 : undefined;
  const content: ResolvedSwitch = { ...of, ...site, serves: serves.map(named) };
  const unreached = only || selected ? withoutAddress(serves, topology, family, where) : [];
  return {
    content,
    blockers: [...(only?.blockers ?? []), ...(selected ?? []).flatMap((one) => one.blockers), ...unreached],
  };
}

function onlyOne(wanted: string, servers: Run['servers'], where: string) {
  const fitting = meantBy(wanted, servers);
  if (fitting.length === 1) return { servers: fitting, blockers: [] };
  const finding: Finding = {
    code: 'plan-server-unknown',
    where: `${where}.server`,
    message: `"${wanted}" is ${fitting.length === 0 ? 'no server of the recovery point' : `the name of ${fitting.length} servers`}.`,
    mend: fitting.length === 0 ? 'Name a server of the group.' : 'Name it by its id.',
  };
  return { servers: [], blockers: [finding] };
}

/** What has none where it was captured will have none where it is made. */
const withoutAddress = (
  servers: readonly Entity[],
  topology: Topology,
  family: 4 | 6 | undefined,
  where: string,
): readonly Finding[] =>
  servers
    .filter(
      (server) => !capturedAddresses(topology, server).some((one) => family === undefined || isIP(one) === family),
    )
    .map(({ id, name }) => ({
      code: 'plan-server-without-address',
      where,
      message: `server ${name} (${id}) has no ${family === undefined ? '' : `IPv${family} `}address to lead to.`,
      mend: 'Give it one and make a new point, or select other servers.',
    }));
