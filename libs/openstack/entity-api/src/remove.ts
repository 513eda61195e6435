import { asLifeboatError, conflict, timedOut } from '@lifeboat/kernel';
import { asDue } from './as-due.ts';
import { buildOrder, usersOf } from './build-order.ts';
import { giveBackWay } from './coming-home.ts';
import { inParallel } from './in-parallel.ts';
import type { Entity } from './entity.ts';
import { TAKEN_UP } from './ledger.ts';
import { bearsMark } from './mark.ts';
import type { Rebuild } from './run-state.ts';
import { RunState } from './run-state.ts';
import { putBack } from './taking-up.ts';
import { refKey } from './topology.ts';
import { whenFree } from './when-free.ts';

export interface Removal {
  readonly removed: number;
  /** What bears the run's mark and would not go, and why. */
  readonly left: readonly { readonly kind: string; readonly id: string; readonly why: string }[];
}

const CONCURRENT = 6;
const GONE_WITHIN_MS = 5 * 60_000;

/**
 * Removes what a run created, each as soon as nothing uses it any more, and puts back what it had changed of what stood there; removes only what bears its mark, or, for types without a place for one, what its ledger says it made. Found by
 * mark even where the ledger knows nothing. May be called again until nothing is left; quiet when there never was anything.
 */
export async function removeAll(run: Rebuild): Promise<Removal> {
  const state = await RunState.load(run);
  let removed = 0;
  const left: Removal['left'][number][] = [];
  const orSay =
    (work: (entity: Entity) => Promise<void>) =>
    async (entity: Entity): Promise<void> => {
      try {
        await work(entity);
      } catch (thrown) {
        run.signal.throwIfAborted();
        // What would not be loosened is asked again when it is removed, and said once.
        if (left.some(({ kind, id }) => kind === entity.kind && id === (state.entry(entity)?.targetId ?? entity.id)))
          return;
        left.push({
          kind: entity.kind,
          id: state.entry(entity)?.targetId ?? entity.id,
          why: asLifeboatError(thrown).message,
        });
      }
    };
  await inParallel(
    run.topology.entities,
    CONCURRENT,
    orSay((entity) => loosen(entity, state)),
  );
  const remove = orSay(async (entity) => {
    if (await removeOne(entity, state)) removed++;
  });
  const users = usersOf(run.topology, run.registry);
  await asDue(
    buildOrder(run.topology, run.registry)
      .flat()
      .map((entity) => {
        const key = refKey(entity);
        return { key, after: users.get(key) ?? [], work: () => remove(entity) };
      }),
  );
  // Last: what was made anew holds until then what its original gets back.
  if (left.length === 0)
    await inParallel(giveBackWay(state), CONCURRENT, async ({ ref, giveBack }) => {
      await giveBack().catch((thrown: unknown) => {
        run.signal.throwIfAborted();
        left.push({ ...ref, why: asLifeboatError(thrown).message });
      });
    });
  return { removed, left };
}

/** Only what the run created: what was mapped keeps what it has. */
const mayBeOurs = (entity: Entity, state: RunState): boolean => {
  const how = state.entry(entity)?.how;
  return how === undefined || how === 'created';
};

async function loosen(entity: Entity, state: RunState): Promise<void> {
  const type = state.run.registry.get(entity.kind);
  const entry = state.entry(entity);
  if (entry?.how === 'provided' && entry.targetId !== undefined)
    await state.use(entity, () => type.release?.(state.run.cloud, entry.targetId ?? '', entity, state.target(entity)));
  if (!type.loosen || !mayBeOurs(entity, state) || !(await state.offers(type))) return;
  for (const id of await state.use(entity, () => ours(entity, state)))
    await whenFree(entity, type, state, () => type.loosen?.(state.run.cloud, id, entity, state.target(entity)));
}

async function removeOne(entity: Entity, state: RunState): Promise<boolean> {
  const { registry, cloud } = state.run;
  const type = registry.get(entity.kind);
  const entry = state.entry(entity);
  if (entry && TAKEN_UP.includes(entry.how ?? '')) await putBack(entry, state);
  if (!type.remove || !mayBeOurs(entity, state) || !(await state.offers(type))) return false;
  const to = state.target(entity);
  const ids = await state.use(entity, () => ours(entity, state));
  for (const id of ids) {
    await whenFree(entity, type, state, () => type.remove?.(cloud, id, entity, to));
    if (type.state) await whenGone(entity, id, state);
  }
  const [first] = ids;
  if (first === undefined) return false;
  await state.put({
    ref: { kind: entity.kind, id: entity.id },
    state: 'removed',
    targetId: entry?.targetId ?? first,
    how: 'created',
  });
  return true;
}

/** What a server holds (ports, volumes) is free only when it is really gone, and a refused removal is not one. */
async function whenGone(entity: Entity, id: string, state: RunState): Promise<void> {
  const { registry, cloud } = state.run;
  const type = registry.get(entity.kind);
  let now = '';
  const gone = async (): Promise<boolean> => {
    const live = await state.use(entity, () => type.get(cloud, id, state.scope));
    // One that failed while it was made goes like any other: that it is in error says nothing yet.
    now = live ? (type.state?.(live) ?? 'ready') : 'gone';
    return now === 'gone';
  };
  await state.until(GONE_WITHIN_MS, gone, () =>
    timedOut(
      'removal-not-done',
      `${entity.kind} ${entity.name} (${id}) is still there at ${cloud.site}, and is ${now}.`,
    ),
  );
}

/** All of them, as a create call that was carried out late may have made a double; but for what another run serves by. */
async function ours(entity: Entity, state: RunState): Promise<readonly string[]> {
  const { registry, heldByOthers } = state.run;
  const ids = registry.get(entity.kind).naturalKey ? await unmarked(entity, state) : await marked(entity, state);
  return ids.filter((id) => !heldByOthers?.has(refKey({ kind: entity.kind, id })));
}

async function marked(entity: Entity, state: RunState): Promise<readonly string[]> {
  const type = state.run.registry.get(entity.kind);
  const to = state.target(entity);
  const ids: string[] = [];
  for await (const live of type.candidates?.(state.run.cloud, entity, to) ?? [])
    if (bearsMark(live, to.mark)) ids.push(live.id);
  return ids;
}

/** Without a mark: what the ledger names, while it still is what the run made; or what appeared since the intent was stored. */
async function unmarked(entity: Entity, state: RunState): Promise<readonly string[]> {
  const type = state.run.registry.get(entity.kind);
  const entry = state.entry(entity);
  if (!type.naturalKey || !entry || entry.state === 'removed') return [];
  const to = state.target(entity);
  const wanted = type.naturalKey.kept(entity, to);
  for await (const live of type.candidates?.(state.run.cloud, entity, to) ?? []) {
    const same = type.naturalKey.live(live) === wanted;
    if (entry.targetId === undefined ? same && !entry.before?.includes(live.id) : live.id === entry.targetId && same)
      return [live.id];
    if (live.id === entry.targetId)
      throw conflict(
        'changed-since',
        `${entity.kind} ${live.id} is not what the run made any more: somebody has changed it.`,
        { mend: 'Remove it by hand if it is not needed.' },
      );
  }
  return [];
}
