import { asLifeboatError, external, illegalState, timedOut } from '@lifeboat/kernel';
import { setTimeout as pause } from 'node:timers/promises';
import { buildOrder, heldBack } from './build-order.ts';
import { comeBack, finishReturned, makeWay, restoreReturned } from './coming-home.ts';
import { inParallel } from './in-parallel.ts';
import { noPlace } from './extensions.ts';
import { neededBy, withWhat } from './left-out.ts';
import type { Entity, EntityType, Live, Ref, Target } from './entity.ts';
import { howLeftOut, RETURNED, whyLeftOut } from './ledger.ts';
import type { LedgerEntry } from './ledger.ts';
import { RunState } from './run-state.ts';
import type { Rebuild } from './run-state.ts';
import { bearsMark } from './mark.ts';
import { refKey, refsOf } from './topology.ts';
import { whenFree } from './when-free.ts';

const CONCURRENT = 6;
const POLL_MS = 300;
const READY_WITHIN_MS = 15 * 60_000;

/**
 * Makes everything of a topology stand at the target. May be called again at any moment, in another process, after any crash: what stands is found by
 * ledger, by mark and by natural key before anything is made. `withheld`: these, and what waits for them, are left to a later call; what refers to them is finished
 * then. Answers how many entities of the topology were not left.
 */
export async function rebuild(run: Rebuild, withheld: readonly Ref[] = []): Promise<number> {
  const state = await RunState.load(run);
  const held = heldBack(withheld, run.topology, run.registry);
  await makeWay(state);
  const levels = buildOrder(run.topology, run.registry);
  for (const level of levels) {
    await finishWhatMay(state);
    await inParallel(
      level.filter((entity) => !held.has(refKey(entity))),
      run.concurrent ?? CONCURRENT,
      (entity) => standUp(entity, state),
    );
  }
  await finishWhatMay(state);
  return run.topology.entities.length - held.size;
}

async function standUp(entity: Entity, state: RunState): Promise<void> {
  state.run.signal.throwIfAborted();
  const type = state.run.registry.get(entity.kind);
  const to = state.target(entity);
  const known = state.entry(entity);
  if (known?.state === 'removed')
    throw illegalState(
      'run-being-removed',
      `Run ${state.run.runId} has removed ${entity.kind} ${entity.name} (${entity.id}) already; it makes nothing any more.`,
    );
  if (known && (known.state === 'settled' || known.state === 'finished')) return;
  const ref = { kind: entity.kind, id: entity.id };
  const entry =
    known?.state === 'made'
      ? known
      : await makeOrFind(entity, type, to, state, known?.state === 'intended' ? known : undefined);
  const id = entry.targetId ?? '';
  if (entry.how === 'provided') await type.adopt?.(state.run.cloud, id, entity, to);
  if (entry.how === RETURNED) await restoreReturned(entity, id, state);
  if (entry.how === 'created') {
    await whenReady(entity, type, id, state);
    await whenFree(entity, type, state.run, () => type.afterCreate?.(state.run.cloud, id, entity, to));
  }
  await state.put({ ...entry, ref, state: 'settled' });
}

async function makeOrFind(
  entity: Entity,
  type: EntityType,
  to: Target,
  state: RunState,
  intended: LedgerEntry | undefined,
): Promise<LedgerEntry> {
  const { cloud, provided } = state.run;
  const ref = { kind: entity.kind, id: entity.id };
  const made = (targetId: string, how: string): Promise<LedgerEntry> =>
    state.put({ ref, state: 'made', targetId, how });
  const leftOut = (why: string): Promise<LedgerEntry> => state.put({ ref, state: 'made', how: howLeftOut(why) });
  if (type.provision === 'reported') return leftOut(type.reported ?? '');
  const outside = state.run.isolated ? type.outside?.(entity, state.run.topology) : undefined;
  if (outside !== undefined) return leftOut(outside);
  if (!(await state.offers(type))) return leftOut(noPlace(cloud, type));
  const lost = neededBy(entity, type).find((needed) => whyLeftOut(state.entry(needed)) !== undefined);
  if (lost) return leftOut(withWhat(lost, whyLeftOut(state.entry(lost)) ?? ''));
  const original = intended ? undefined : await comeBack(entity, state);
  if (original) return original;
  const copy = provided.get(refKey(entity));
  if (copy !== undefined) return made(copy, 'provided');
  if (type.provision === 'provided')
    throw illegalState(
      'copy-not-provided',
      `${entity.kind} ${entity.name} (${entity.id}) has no copy at ${cloud.site}.`,
      { mend: 'Its data was not replicated; look at the recovery point.' },
    );
  // Looked for before anything else, even without a stored intent: the ledger may be younger than what stands there.
  const ours = await lookForOurs(entity, type, to, state, intended?.before);
  if (ours) return made(ours, 'created');
  const found = intended ? undefined : await type.find?.(cloud, entity, to);
  if (found) return made(found.id, `mapped: ${found.rule}`);
  const declined = intended ? undefined : await type.declines?.(cloud, entity, to);
  if (declined !== undefined) return leftOut(declined);
  if (!type.create || !type.body)
    throw external(
      'target-lacks-entity',
      `${cloud.site} has no ${entity.kind} that ${entity.kind} "${entity.name}" can be mapped to.`,
      { mend: "Create it there, or map the name to another one in the group's mappings." },
    );
  if (!intended) await state.put({ ref, state: 'intended', before: await lookAlikes(entity, type, to, state) });
  try {
    return await create(entity, type, to, state, made);
  } catch (thrown) {
    const why = type.leavesOut?.(asLifeboatError(thrown), entity);
    if (why === undefined) throw thrown;
    return leftOut(why);
  }
}

async function create(
  entity: Entity,
  type: EntityType,
  to: Target,
  state: RunState,
  made: (id: string, how: string) => Promise<LedgerEntry>,
): Promise<LedgerEntry> {
  const body = type.body?.(entity, to) ?? {};
  try {
    const id = await whenFree(entity, type, state.run, () => type.create?.(state.run.cloud, body));
    return await made(id ?? '', 'created');
  } catch (thrown) {
    const error = asLifeboatError(thrown);
    const before = state.entry(entity)?.before ?? [];
    if (error.code !== 'outcome-unknown' && error.kind !== 'conflict') throw thrown;
    // Nobody knows whether it was made: look. What cannot be found now may only be slow to appear, so the run comes back to it.
    const ours = await lookForOurs(entity, type, to, state, before);
    if (ours) return made(ours, 'created');
    const [standing] = error.kind === 'conflict' ? await lookAlikes(entity, type, to, state) : [];
    if (standing !== undefined) return made(standing, 'found');
    throw error.code === 'outcome-unknown'
      ? external('outcome-unclear', error.message, { retry: 'yes', cause: thrown })
      : thrown;
  }
}

async function lookForOurs(
  entity: Entity,
  type: EntityType,
  to: Target,
  state: RunState,
  before: readonly string[] | undefined,
): Promise<string | undefined> {
  if (type.naturalKey) {
    if (before === undefined) return undefined; // Without a stored intent a look-alike is a stranger.
    return (await lookAlikes(entity, type, to, state)).find((id) => !before.includes(id));
  }
  for await (const live of type.candidates?.(state.run.cloud, entity, to) ?? [])
    if (bearsMark(live, to.mark)) return live.id;
  return undefined;
}

async function lookAlikes(entity: Entity, type: EntityType, to: Target, state: RunState): Promise<readonly string[]> {
  if (!type.naturalKey) return [];
  const wanted = type.naturalKey.kept(entity, to);
  const taken = new Set(
    [...state.entries.values()]
      .filter((e) => e.ref.kind === entity.kind && e.ref.id !== entity.id)
      .map((e) => e.targetId),
  );
  const found: string[] = [];
  for await (const live of type.candidates?.(state.run.cloud, entity, to) ?? [])
    if (type.naturalKey.live(live) === wanted && !taken.has(live.id)) found.push(live.id);
  return found;
}

async function whenReady(entity: Entity, type: EntityType, id: string, state: RunState): Promise<void> {
  if (!type.state) return;
  const end = Date.now() + READY_WITHIN_MS;
  for (;;) {
    const live: Live | undefined = await type.get(state.run.cloud, id, state.scope);
    const now = live ? type.state(live) : 'gone';
    if (now === 'ready') return;
    if (now === 'failed' || now === 'gone') {
      const fault = (live?.['fault'] as { message?: string } | undefined)?.message;
      throw external(
        'entity-failed',
        `${entity.kind} ${entity.name} went ${now === 'gone' ? 'away' : 'to error'} at ${state.run.cloud.site}${fault ? `: ${fault}` : ''}.`,
        { mend: "Look at the cloud's own log for this id.", data: { id } },
      );
    }
    if (Date.now() > end)
      throw timedOut(
        'entity-not-ready',
        `${entity.kind} ${entity.name} (${id}) was not ready at ${state.run.cloud.site} in time.`,
      );
    await pause(POLL_MS, undefined, { signal: state.run.signal });
  }
}

async function whenSettled(entity: Entity, id: string, state: RunState): Promise<void> {
  const type = state.run.registry.get(entity.kind);
  if (!type.settled || state.entry(entity)?.how !== 'created') return;
  for (const end = Date.now() + READY_WITHIN_MS; ; await pause(POLL_MS, undefined, { signal: state.run.signal })) {
    const live = await type.get(state.run.cloud, id, state.scope);
    if (!live || type.settled(live, entity)) return;
    if (Date.now() > end)
      throw timedOut(
        'entity-not-settled',
        `${entity.kind} ${entity.name} (${id}) did not get its last state at ${state.run.cloud.site} in time.`,
      );
  }
}

/** The last touches of everything whose referrers, and what it weakly refers to, all stand. */
async function finishWhatMay(state: RunState): Promise<void> {
  const { registry, topology: all, cloud } = state.run;
  const stands = (ref: Ref): boolean => ['settled', 'finished'].includes(state.entry(ref)?.state ?? '');
  const weakOf = (entity: Entity): readonly Ref[] =>
    refsOf(entity)
      .filter(([as]) => registry.get(entity.kind).weakRefs?.includes(as))
      .map(([, ref]) => ref)
      .filter((ref) => all.get(ref));
  const due = all.entities.filter(
    (entity) =>
      state.entry(entity)?.state === 'settled' && [...all.referringTo(entity), ...weakOf(entity)].every(stands),
  );
  await inParallel(due, state.run.concurrent ?? CONCURRENT, async (entity) => {
    const entry = state.entry(entity);
    if (!entry) return;
    if (entry.how === 'created' || entry.how === 'provided')
      await whenFree(entity, registry.get(entity.kind), state.run, () =>
        registry.get(entity.kind).finish?.(cloud, entry.targetId ?? '', entity, state.target(entity)),
      );
    if (entry.how === RETURNED) await finishReturned(entity, entry.targetId ?? '', state);
    await whenSettled(entity, entry.targetId ?? '', state);
    await state.put({ ...entry, state: 'finished' });
  });
}
