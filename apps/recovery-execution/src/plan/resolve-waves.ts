import { THE_REST } from '@lifeboat/contracts';
import type { Finding, PlanWave, Probe, ResolvedProbe, ResolvedWave, ServerSelector } from '@lifeboat/contracts';
import type { Entity } from '@lifeboat/openstack-entity-api';

export interface Resolved {
  /** In the order in which they are started; what no wave names comes last. None where the plan has none. */
  readonly waves: readonly ResolvedWave[];
  readonly blockers: readonly Finding[];
}

type Server = Pick<Entity, 'id' | 'name' | 'spec'>;

/** Which servers of a point each wave of a plan starts, and whom its probes ask. Pure. */
export function resolveWaves(waves: readonly PlanWave[], servers: readonly Server[]): Resolved {
  if (waves.length === 0) return { waves: [], blockers: [] };
  const blockers: Finding[] = [];
  const waveOf = new Map<string, string>();
  const resolved = waves.map((wave, i): ResolvedWave => {
    const found = wave.servers.flatMap((selector, j) => {
      const fitting = servers.filter((server) => fits(server, selector));
      if (fitting.length === 0) blockers.push(unknown(selector, `plan, spec.waves[${i}].servers[${j}]`));
      return fitting;
    });
    const own = [...new Set(found)];
    for (const server of own) {
      const other = waveOf.get(server.id);
      if (other === undefined) waveOf.set(server.id, wave.name);
      else blockers.push(twice(server, [other, wave.name], `plan, spec.waves[${i}].servers`));
    }
    const standing = servers.filter(({ id }) => waveOf.has(id));
    const probes = (wave.probes ?? []).map((probe, j): ResolvedProbe => {
      const asked = askedBy(probe, standing, `plan, spec.waves[${i}].probes[${j}]`);
      if (asked && 'code' in asked) blockers.push(asked);
      return asked && 'serverId' in asked ? { ...probe, ...asked } : probe;
    });
    const { name, prompt, delay, before = [], after = [] } = wave;
    return {
      name,
      servers: own.map(named),
      before,
      probes,
      after,
      ...(prompt !== undefined && { prompt }),
      ...(delay !== undefined && { delay }),
    };
  });
  const rest = servers.filter(({ id }) => !waveOf.has(id)).map(named);
  const last = { name: THE_REST, servers: rest, before: [], probes: [], after: [] };
  return { waves: rest.length > 0 ? [...resolved, last] : resolved, blockers };
}

const named = ({ id, name }: Server) => ({ id, name });

/** A tag is one of the server's own, or its metadata `lifeboat`. */
function fits({ id, name, spec }: Server, selector: ServerSelector): boolean {
  const metadata = (spec['metadata'] ?? {}) as Readonly<Record<string, unknown>>;
  if (selector.id !== undefined) return id === selector.id;
  if (selector.name !== undefined) return name === selector.name;
  if (selector.tag !== undefined)
    return metadata['lifeboat'] === selector.tag || ((spec['tags'] ?? []) as readonly unknown[]).includes(selector.tag);
  return Object.entries(selector.metadata ?? {}).every(([key, value]) => metadata[key] === value);
}

const unknown = (selector: ServerSelector, where: string): Finding => ({
  code: 'plan-server-unknown',
  where,
  message: `no server of the recovery point fits ${JSON.stringify(selector)}.`,
  mend: 'Correct the selector, or make a new point if the server was protected after this one.',
});

const twice = ({ id, name }: Server, waves: readonly [string, string], where: string): Finding => ({
  code: 'plan-server-twice',
  where,
  message: `server ${name} (${id}) is in wave "${waves[0]}" and in wave "${waves[1]}": it is started once.`,
  mend: 'Let one of the two waves find it alone; by its id, if others have its name.',
});

/** The server that a probe names, among those that stand by then. */
function askedBy(
  probe: Probe,
  standing: readonly Server[],
  where: string,
): { readonly serverId: string } | Finding | undefined {
  const wanted = (probe.tcp ?? probe.http ?? probe.sql ?? probe.console)?.server;
  if (wanted === undefined) return undefined;
  const found = standing.filter(({ id, name }) => id === wanted || name === wanted);
  const [only] = found;
  if (only && found.length === 1) return { serverId: only.id };
  return {
    code: 'plan-probe-server',
    where,
    message:
      found.length > 1
        ? `"${wanted}" is the name of ${found.length} servers that stand by then.`
        : `"${wanted}" is no server of this wave or an earlier one.`,
    mend: found.length > 1 ? 'Name it by its id.' : 'Name a server that stands by then, or ask in a later wave.',
  };
}
