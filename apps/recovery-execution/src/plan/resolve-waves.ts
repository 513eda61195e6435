import { THE_REST } from '@lifeboat/contracts';
import type { Finding, PlanWave, Probe, ResolvedProbe, ResolvedWave } from '@lifeboat/contracts';
import { found, meantBy, named } from './select-servers.ts';
import type { Named } from './select-servers.ts';

export interface Resolved {
  /** In the order in which they are started; what no wave names comes last. None where the plan has none. */
  readonly waves: readonly ResolvedWave[];
  readonly blockers: readonly Finding[];
}

/** Which servers of a point each wave of a plan starts, and whom its probes ask. Pure. */
export function resolveWaves(waves: readonly PlanWave[], servers: readonly Named[]): Resolved {
  if (waves.length === 0) return { waves: [], blockers: [] };
  const blockers: Finding[] = [];
  const waveOf = new Map<string, string>();
  const resolved = waves.map((wave, i): ResolvedWave => {
    const selected = wave.servers.map((selector, j) =>
      found(selector, servers, `plan, spec.waves[${i}].servers[${j}]`),
    );
    blockers.push(...selected.flatMap((one) => one.blockers));
    const own = [...new Set(selected.flatMap((one) => one.servers))];
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

const twice = ({ id, name }: Named, waves: readonly [string, string], where: string): Finding => ({
  code: 'plan-server-twice',
  where,
  message: `server ${name} (${id}) is in wave "${waves[0]}" and in wave "${waves[1]}": it is started once.`,
  mend: 'Let one of the two waves find it alone; by its id, if others have its name.',
});

/** The server that a probe names, among those that stand by then. */
function askedBy(
  probe: Probe,
  standing: readonly Named[],
  where: string,
): { readonly serverId: string } | Finding | undefined {
  const wanted = (probe.tcp ?? probe.http ?? probe.sql ?? probe.console)?.server;
  if (wanted === undefined) return undefined;
  const fitting = meantBy(wanted, standing);
  const [only] = fitting;
  if (only && fitting.length === 1) return { serverId: only.id };
  return {
    code: 'plan-probe-server',
    where,
    message:
      fitting.length > 1
        ? `"${wanted}" is the name of ${fitting.length} servers that stand by then.`
        : `"${wanted}" is no server of this wave or an earlier one.`,
    mend: fitting.length > 1 ? 'Name it by its id.' : 'Name a server that stands by then, or ask in a later wave.',
  };
}
