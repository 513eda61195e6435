import type { Ref } from './entity.ts';
import { inParallel } from './in-parallel.ts';
import { markIn } from './mark.ts';
import type { RunState } from './run-state.ts';

const CONCURRENT = 6;

/** What bears the mark of the run, or of the stage that it took up, at the target: not in its ledger (orphans), or standing twice for one source (doubles). */
export async function findStrangers(
  state: RunState,
): Promise<{ readonly orphans: readonly Ref[]; readonly doubles: readonly Ref[] }> {
  const { registry, cloud, runId, stage, topology } = state.run;
  // By id alone: two types may share one of OpenStack's (a router's interface is a port), and each lists the other's.
  const known = new Set([...state.entries.values()].filter((e) => e.state !== 'removed').map((e) => e.targetId));
  const orphans = new Map<string, Ref>();
  const doubles: Ref[] = [];
  await inParallel(registry.all, CONCURRENT, async (type) => {
    if (!type.candidates || type.naturalKey || type.provision === 'mapped') return;
    const [any] = topology.of(type.kind);
    if (!any || !(await state.offers(type))) return;
    const byOrigin = new Map<string, string[]>();
    for await (const live of type.candidates(cloud, any, state.target(any))) {
      const mark = markIn(live);
      if (!mark || ![runId, stage].includes(mark.runId)) continue;
      byOrigin.set(mark.originId, [...(byOrigin.get(mark.originId) ?? []), live.id]);
      if (!known.has(live.id)) orphans.set(live.id, { kind: type.kind, id: live.id });
    }
    for (const [origin, ids] of byOrigin) if (ids.length > 1) doubles.push({ kind: type.kind, id: origin });
  });
  return { orphans: [...orphans.values()], doubles };
}
