import type { DiskRecipe, ResolvedWave } from '@lifeboat/contracts';
import { MemoryLedger, rebuild, removeAll, topology } from '@lifeboat/openstack-entity-api';
import type { LedgerEntry, Rebuild, Topology } from '@lifeboat/openstack-entity-api';
import { dropCopy, playRecipe } from './play-recipe.ts';
import type { Played } from './play-recipe.ts';
import type { RecordedObjects } from './recorded-objects.ts';
import { Recorder } from './recorder.ts';
import { recordingTypes } from './recording-types.ts';
import { checkReferences, withKept } from './references.ts';
import type { ByHand, Script, ScriptWave, Standing } from './script.ts';

export interface Compiled {
  readonly script: Script;
  /** What would stand then. */
  readonly objects: RecordedObjects;
}

/** All that waits for no wave; without a plan that is everything. */
const FIRST = 'networks, disks and all else but servers';
const ALL = 'everything';

/**
 * A recovery as plain calls, by the engine that recovers: it runs against a target to which nothing is written, and is answered as if it had been. Reads go
 * to the target, so what is mapped there is resolved by now. Throws what the engine throws where the target cannot take the workload.
 */
export async function compile(
  given: Omit<Rebuild, 'ledger'>,
  waves: readonly ResolvedWave[],
  recipes: readonly DiskRecipe[],
): Promise<Compiled> {
  const { projectId } = await given.cloud.whoAmI();
  const recorder = new Recorder(given.cloud, projectId);
  const provided = new Map(given.provided);
  const copies: Played[] = [];
  for (const recipe of recipes) {
    const played = await playRecipe(recipe, recorder);
    provided.set(`${recipe.disk.kind}/${recipe.disk.id}`, played.id);
    copies.push(played);
  }
  const unsaid: ByHand[] = [];
  const registry = recordingTypes(given.registry, recorder, ({ kind, name, id }, why) =>
    unsaid.push({ about: `${kind} ${name || id}`, steps: [`Give it its last touches by hand: ${why}`] }),
  );
  const ledger = new MemoryLedger();
  const run: Rebuild = { ...given, cloud: recorder.reading, registry, ledger, provided, concurrent: 1 };
  const made = await makeInWaves(run, waves, recorder);
  const calls = recorder.calls.slice();
  const [stands, objects] = [standing(run.topology, await ledger.entries()), recorder.objects.copy()];
  await undo(run, copies, recorder);
  const back = recorder.calls.slice(calls.length);
  const kept = withKept(calls, back, stands);
  checkReferences(kept, back, stands);
  const byHand = [...copies.flatMap((copy) => copy.byHand), ...unsaid];
  return { script: { projectId, waves: made, calls: kept, undo: back, stands, byHand }, objects };
}

async function makeInWaves(run: Rebuild, waves: readonly ResolvedWave[], recorder: Recorder): Promise<ScriptWave[]> {
  const first = { name: waves.length === 0 ? ALL : FIRST, servers: [], before: [], probes: [], after: [] };
  const made: ScriptWave[] = [];
  for (const [i, wave] of [first, ...waves].entries()) {
    const from = i === 0 ? 1 : recorder.calls.length + 1;
    const later = waves.slice(i).flatMap(({ servers }) => servers.map(({ id }) => ({ kind: 'server', id })));
    await rebuild(run, later);
    made.push({ ...wave, from, to: recorder.calls.length });
  }
  return made;
}

/** By the engine that removes; then the copies, which are no entities of it. */
async function undo(run: Rebuild, copies: readonly Played[], recorder: Recorder): Promise<void> {
  await removeAll(run);
  for (const { made } of copies.toReversed()) if (made) await dropCopy(made, recorder);
}

const standing = ({ get }: Topology, entries: readonly LedgerEntry[]): readonly Standing[] =>
  entries.map(({ ref, how, targetId }) => ({
    ...ref,
    name: get(ref)?.name ?? '',
    how: how ?? '',
    ...(targetId !== undefined && { target: targetId }),
  }));

/** Without what may be a secret. Pure. */
export const withoutUserData = (all: Topology): Topology =>
  topology(
    all.entities.map((entity) => {
      if (entity.kind !== 'server') return entity;
      const { user_data: _secret, ...spec } = entity.spec;
      return { ...entity, spec };
    }),
  );
