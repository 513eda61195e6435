import { asLifeboatError, external, illegalState, timedOut } from '@lifeboat/kernel';
import { asDue, chainsBehind } from './as-due.ts';
import type { Piece } from './as-due.ts';
import { heldBack, stepsOf } from './build-order.ts';
import { makeWay } from './coming-home.ts';
import { noPlace } from './extensions.ts';
import { neededBy, withWhat } from './left-out.ts';
import type { Entity, EntityType, Live, Ref, Target } from './entity.ts';
import { howLeftOut, TAKEN_UP, whyLeftOut } from './ledger.ts';
import type { LedgerEntry } from './ledger.ts';
import { RunState } from './run-state.ts';
import type { Rebuild } from './run-state.ts';
import { bearsMark } from './mark.ts';
import { bringInStep, finishInStep, takeUp } from './taking-up.ts';
import { refKey } from './topology.ts';
import { touch, whenFree } from './when-free.ts';

const READY_WITHIN_MS = 15 * 60_000;

/**
 * Makes everything of a topology stand at the target, each entity as soon as what it needs stands, and gives it its last touches as soon as whatever refers to it
 * stands. May be called again at any moment, in another process, after any crash: what stands is found by ledger, by mark and by natural key before anything is
 * made. Several processes may be at it at once (`shares`); each answers when all is done, whoever did it. `withheld`: these, and what waits for them, are left to a later call; what refers to them is finished then. Answers how many entities of the topology were
 * not left.
 */
export async function rebuild(run: Rebuild, withheld: readonly Ref[] = []): Promise<number> {
  const state = await RunState.load(run);
  const held = heldBack(withheld, run.topology, run.registry);
  const pieces = piecesOf(held, state);
  await makeWay(state);
  state.order(chainsBehind(pieces));
  await asDue(pieces);
  return run.topology.entities.length - held.size;
}

/** The steps of the build order, each with what it does. */
const piecesOf = (held: ReadonlySet<string>, state: RunState): readonly Piece[] =>
  stepsOf(state.run.topology, state.run.registry, held).map(({ key, entity, last, after }) => ({
    key,
    after,
    work: () =>
      state.alone(entity, isOver(entity, last ? FINISHED : STANDS, state), () =>
        last ? finish(entity, state) : standUp(entity, state),
      ),
  }));

const STANDS: readonly (string | undefined)[] = ['settled', 'finished'];
const FINISHED = STANDS.slice(1);

/** That it is there already is no reason to leave alone what is renewed. */
const isOver = (entity: Entity, states: readonly (string | undefined)[], state: RunState) => (): boolean =>
  states.includes(state.entry(entity)?.state) && !isRenewed(entity, state);

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
  if (known && (known.state === 'settled' || known.state === 'finished'))
    return isRenewed(entity, state) ? bringInStep(entity, known.targetId ?? '', state) : undefined;
  const ref = { kind: entity.kind, id: entity.id };
  const entry =
    known?.state === 'made'
      ? known
      : ((await findOrIntend(entity, type, to, state, known)) ?? (await makeOrLeave(entity, type, to, state)));
  const id = entry.targetId ?? '';
  if (entry.how === 'provided') await touch(entity, type, state, () => type.adopt?.(state.run.cloud, id, entity, to));
  if (TAKEN_UP.includes(entry.how ?? '')) await bringInStep(entity, id, state);
  if (entry.how === 'created') {
    await whenReady(entity, type, id, state);
    // Only where there is something to do: what waits for this one would wait for a turn that it does not need.
    if (type.afterCreate) await touch(entity, type, state, () => type.afterCreate?.(state.run.cloud, id, entity, to));
  }
  await state.put({ ...entry, ref, state: 'settled' });
}

const isRenewed = (entity: Entity, { run: { renewed } }: RunState): boolean => renewed?.has(refKey(entity)) ?? false;

/** What serves without being made; `undefined`: it is made, and that is stored. */
async function findOrIntend(
  entity: Entity,
  type: EntityType,
  to: Target,
  state: RunState,
  known: LedgerEntry | undefined,
): Promise<LedgerEntry | undefined> {
  const intended = known?.state === 'intended' ? known : undefined;
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
  const standing = intended ? undefined : await state.use(entity, () => takeUp(entity, state));
  if (standing) return standing;
  const copy = provided.get(refKey(entity));
  if (copy !== undefined) return made(copy, 'provided');
  if (type.provision === 'provided')
    throw illegalState(
      'copy-not-provided',
      `${entity.kind} ${entity.name} (${entity.id}) has no copy at ${cloud.site}.`,
      { mend: 'Its data was not replicated; look at the recovery point.' },
    );
  // Looked for before anything else, even without a stored intent: the ledger may be younger than what stands there. Then it stood there before this call began.
  const ours =
    intended || type.naturalKey
      ? await state.use(entity, () => lookForOurs(entity, type, to, state, intended?.before))
      : await state.standsMarked(entity);
  if (ours) return made(ours, 'created');
  const found = intended ? undefined : await state.use(entity, () => type.find?.(cloud, entity, to));
  if (found) return made(found.id, `mapped: ${found.rule}`);
  const declined = intended ? undefined : await state.use(entity, () => type.declines?.(cloud, entity, to));
  if (declined !== undefined) return leftOut(declined);
  if (!type.create || !type.body)
    throw external(
      'target-lacks-entity',
      `${cloud.site} has no ${entity.kind} that ${entity.kind} "${entity.name}" can be mapped to.`,
      { mend: "Create it there, or map the name to another one in the group's mappings." },
    );
  return intended ? undefined : intend(entity, type, to, state);
}

/** Intent before effect, with the look-alikes that stood there before it; where no second one is taken, that serves. */
async function intend(entity: Entity, type: EntityType, to: Target, state: RunState): Promise<LedgerEntry | undefined> {
  const ref = { kind: entity.kind, id: entity.id };
  const { unique } = type.naturalKey ?? {};
  const before = unique
    ? alikeAmong(await state.standsNow(entity), entity, type, to, state)
    : await state.use(entity, () => lookAlikes(entity, type, to, state));
  const [targetId] = unique ? before : [];
  if (targetId !== undefined) return state.put({ ref, state: 'made', targetId, how: 'found' });
  await state.put({ ref, state: 'intended', before });
  return undefined;
}

async function makeOrLeave(entity: Entity, type: EntityType, to: Target, state: RunState): Promise<LedgerEntry> {
  try {
    return await create(entity, type, to, state);
  } catch (thrown) {
    const why = type.leavesOut?.(asLifeboatError(thrown), entity);
    if (why === undefined) throw thrown;
    return state.put({ ref: { kind: entity.kind, id: entity.id }, state: 'made', how: howLeftOut(why) });
  }
}

async function create(entity: Entity, type: EntityType, to: Target, state: RunState): Promise<LedgerEntry> {
  const body = type.body?.(entity, to) ?? {};
  const made = (targetId: string, how: string): Promise<LedgerEntry> =>
    state.put({ ref: { kind: entity.kind, id: entity.id }, state: 'made', targetId, how });
  try {
    const id = await whenFree(entity, type, state, () => type.create?.(state.run.cloud, body));
    return await made(id ?? '', 'created');
  } catch (thrown) {
    const error = asLifeboatError(thrown);
    const before = state.entry(entity)?.before ?? [];
    if (error.code !== 'outcome-unknown' && error.kind !== 'conflict') throw thrown;
    // Nobody knows whether it was made: look. What cannot be found now may only be slow to appear, so the run comes back to it.
    const ours = await state.use(entity, () => lookForOurs(entity, type, to, state, before));
    if (ours) return made(ours, 'created');
    const [standing] =
      error.kind === 'conflict' ? await state.use(entity, () => lookAlikes(entity, type, to, state)) : [];
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
  const lives: Live[] = [];
  for await (const live of type.candidates?.(state.run.cloud, entity, to) ?? []) lives.push(live);
  return alikeAmong(lives, entity, type, to, state);
}

function alikeAmong(
  lives: Iterable<Live>,
  entity: Entity,
  { naturalKey }: EntityType,
  to: Target,
  { entries }: RunState,
): readonly string[] {
  const wanted = naturalKey?.kept(entity, to);
  const taken = new Set(
    [...entries.values()].filter((e) => e.ref.kind === entity.kind && e.ref.id !== entity.id).map((e) => e.targetId),
  );
  return [...lives].filter((live) => naturalKey?.live(live) === wanted && !taken.has(live.id)).map(({ id }) => id);
}

async function whenReady(entity: Entity, type: EntityType, id: string, state: RunState): Promise<void> {
  const { cloud } = state.run;
  const ready = async (): Promise<boolean> => {
    const live = await state.look(entity, id);
    const now = live ? type.state?.(live) : 'gone';
    if (now === 'failed' || now === 'gone') throw entityFailed(entity, id, live, cloud.site);
    return now === 'ready';
  };
  if (type.state)
    await state.until(READY_WITHIN_MS, ready, () =>
      timedOut('entity-not-ready', `${entity.kind} ${entity.name} (${id}) was not ready at ${cloud.site} in time.`),
    );
}

function entityFailed({ kind, name }: Entity, id: string, live: Live | undefined, site: string): Error {
  const fault = (live?.['fault'] as { message?: string } | undefined)?.message;
  return external(
    'entity-failed',
    `${kind} ${name} went ${live ? 'to error' : 'away'} at ${site}${fault ? `: ${fault}` : ''}.`,
    { mend: "Look at the cloud's own log for this id.", data: { id } },
  );
}

async function whenSettled(entity: Entity, id: string, state: RunState): Promise<void> {
  const { cloud, registry } = state.run;
  const type = registry.get(entity.kind);
  if (!type.settled || state.entry(entity)?.how !== 'created') return;
  const settled = async (): Promise<boolean> => {
    const live = await state.look(entity, id);
    return !live || (type.settled?.(live, entity) ?? true);
  };
  await state.until(READY_WITHIN_MS, settled, () =>
    timedOut(
      'entity-not-settled',
      `${entity.kind} ${entity.name} (${id}) did not get its last state at ${cloud.site} in time.`,
    ),
  );
}

/** Its last touches. */
async function finish(entity: Entity, state: RunState): Promise<void> {
  const { registry, cloud } = state.run;
  const entry = state.entry(entity);
  if (entry?.state === 'finished' && isRenewed(entity, state)) return finishInStep(entity, entry.targetId ?? '', state);
  if (entry?.state !== 'settled') return;
  const type = registry.get(entity.kind);
  if (entry.how === 'created' || entry.how === 'provided')
    await touch(entity, type, state, () => type.finish?.(cloud, entry.targetId ?? '', entity, state.target(entity)));
  if (TAKEN_UP.includes(entry.how ?? '')) await finishInStep(entity, entry.targetId ?? '', state);
  await whenSettled(entity, entry.targetId ?? '', state);
  await state.put({ ...entry, state: 'finished' });
}
