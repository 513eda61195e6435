import type { Ref } from './entity.ts';
import { markIn } from './mark.ts';
import type { RunState } from './rebuild.ts';
import { refKey } from './topology.ts';

/** What bears the run's mark at the target: not in its ledger (orphans), or standing twice for one source (doubles). */
export async function findStrangers(state: RunState): Promise<{ readonly orphans: readonly Ref[]; readonly doubles: readonly Ref[] }> {
  const { registry, cloud, runId, topology } = state.run;
  const known = new Set([...state.entries.values()].filter((e) => e.targetId !== undefined && e.state !== 'removed').map((e) => refKey({ kind: e.ref.kind, id: e.targetId ?? '' })));
  const orphans: Ref[] = [];
  const doubles: Ref[] = [];
  for (const type of registry.all) {
    if (!type.candidates || type.naturalKey || type.provision === 'mapped') continue;
    const [any] = topology.of(type.kind);
    if (!any) continue;
    const byOrigin = new Map<string, string[]>();
    for await (const live of type.candidates(cloud, any, state.target(any))) {
      const mark = markIn(live);
      if (mark?.runId !== runId) continue;
      byOrigin.set(mark.originId, [...(byOrigin.get(mark.originId) ?? []), live.id]);
      if (!known.has(refKey({ kind: type.kind, id: live.id }))) orphans.push({ kind: type.kind, id: live.id });
    }
    for (const [origin, ids] of byOrigin) if (ids.length > 1) doubles.push({ kind: type.kind, id: origin });
  }
  return { orphans, doubles };
}
