import type { Live, Ref } from './entity.ts';
import { runIn } from './mark.ts';
import type { RunState } from './run-state.ts';
import { refKey } from './topology.ts';

/**
 * What is left of a run, and of the stage that it took up, at the target: whatever in the whole project bears its mark, of every type that can be listed (copies of disks among them), and what
 * has no place for a mark but stands in its ledger and in the cloud. Reads only.
 */
export async function findLeaks(state: RunState): Promise<{ readonly looked: number; readonly leaks: readonly Ref[] }> {
  const { registry, cloud, runId, stage, heldByOthers } = state.run;
  const ofOthers = (ref: Ref): boolean => heldByOthers?.has(refKey(ref)) ?? false;
  const marks = new Set([runId, ...(stage === undefined ? [] : [stage])]);
  const looked = new Set<string>();
  const leaks = new Map<string, Ref>();
  for (const type of registry.all) {
    if (type.provision === 'mapped' || type.naturalKey || !(await state.offers(type))) continue;
    for await (const live of type.list(cloud, state.scope)) {
      looked.add(`${type.kind}/${live.id}`);
      if (marks.has(runIn(live) ?? '') && !ofOthers({ kind: type.kind, id: live.id }))
        leaks.set(live.id, { kind: type.kind, id: live.id });
    }
  }
  for (const { ref, state: standing, how, targetId } of state.entries.values()) {
    const type = registry.get(ref.kind);
    if (!type.naturalKey || standing === 'removed' || how !== 'created' || targetId === undefined) continue;
    if (ofOthers({ kind: ref.kind, id: targetId })) continue;
    const live: Live | undefined = await type.get(cloud, targetId, state.scope);
    if (live) leaks.set(targetId, { kind: ref.kind, id: targetId });
  }
  return { looked: looked.size, leaks: [...leaks.values()] };
}
