import { illegalState, Slots } from '@lifeboat/kernel';
import type { Json } from '@lifeboat/kernel';
import { setTimeout as pause } from 'node:timers/promises';
import { forEachService } from '@lifeboat/openstack-client';
import type { Cloud, ServiceName } from '@lifeboat/openstack-client';
import type { Entity, EntityType, Live, Ref, Target, Topology } from './entity.ts';
import { offersOf } from './extensions.ts';
import type { Offers } from './extensions.ts';
import { isLater } from './ledger.ts';
import type { Ledger, LedgerEntry } from './ledger.ts';
import { markFor, markIn } from './mark.ts';
import type { Registry } from './registry.ts';
import { SharedLists } from './shared-lists.ts';
import { ALONE } from './shares.ts';
import type { Shares } from './shares.ts';
import { refKey } from './topology.ts';

/** All that there is to know of a workload that is made at a target: by whom, of what, and from what. */
export interface Rebuild {
  readonly runId: string;
  /** Name of the site it comes from: a word in marks, never called. */
  readonly source: string;
  readonly cloud: Cloud;
  readonly registry: Registry;
  readonly topology: Topology;
  readonly ledger: Ledger;
  /** Copies made by other services: `kind/id` of the source → id at the target. */
  readonly provided: ReadonlyMap<string, string>;
  /** Those of them that are blank: `kind/id` of the source → why. */
  readonly blank?: ReadonlyMap<string, string>;
  readonly mappings: Readonly<Record<string, Readonly<Record<string, string>> | undefined>>;
  /** What stands, or stood, at the target for captured entities, from when the group was there, or staged: `kind/id` of the source → id at the target. */
  readonly origins?: ReadonlyMap<string, string>;
  /** The stage that they stand in, by whose mark; the run itself when it is the stage. Without it they are from when the group was there. */
  readonly stage?: string;
  /** What stands by the ledger and is brought in step all the same, by `kind/id` of the source. */
  readonly renewed?: ReadonlySet<string>;
  /** What of the group was there and is made anew: it gives up what it holds. By ids at the target. */
  readonly originals?: readonly Ref[];
  /** What this run made and other runs serve by, `kind/id` at the target: never removed. */
  readonly heldByOthers?: ReadonlySet<string>;
  /** A drill: nothing of it may reach anything outside of it. */
  readonly isolated?: boolean;
  /** So many calls are made at once to each service; six without it. */
  readonly concurrent?: number;
  /** Who else is at the same run. */
  readonly shares?: Shares;
  readonly open: (sealed: Json) => string;
  readonly signal: AbortSignal;
}

const CALLS_AT_ONCE = 6;
const POLL_MS = 300;
/** How old a list may be that many wait by; and one that takes long is read for a quarter of the time at most. */
const listedFor = (tookMs: number): number => Math.max(300, 3 * tookMs);
/** Of what as much waits for, what is further goes first: a look that says that a port stands, before the next port is asked for. */
const FURTHER: Readonly<Partial<Record<LedgerEntry['state'], number>>> = { intended: 0.5, made: 0.75 };
const IN_HAND = 0.25;

/** The ledger in memory, and the targets made of it. */
export class RunState {
  /** One service that is slow, or holds us up, leaves the others free. */
  private readonly slots: Readonly<Record<ServiceName, Slots>>;
  /** How much waits for an entity, by its key. */
  private chains: ReadonlyMap<string, number> = new Map();
  /** What this process sees to at the moment. */
  private readonly held = new Set<string>();
  private refreshing: Promise<void> | undefined;
  /** How many wait for something to get ready. */
  private waiting = 0;
  /** They are so many, or were and have not all got it yet. */
  private crowded = false;
  readonly entries = new Map<string, LedgerEntry>();
  /** By mark, what stood there when it was first asked for. */
  private readonly marked = new SharedLists(byMark);
  /** By id, what stands there; told to all that wait. */
  private readonly listed = new SharedLists(byId, listedFor);
  /** The same, told to those alone who ask while it is read. */
  private readonly asked = new SharedLists(byId, () => 0);
  /** Which types the target has an API for. */
  readonly offers: Offers;

  private readonly comingBack: ReadonlySet<string>;
  private readonly makingWay: ReadonlySet<string>;

  private constructor(
    readonly run: Rebuild,
    private readonly who: { readonly projectId: string; readonly isAdmin: boolean },
  ) {
    this.slots = forEachService(() => new Slots(run.concurrent ?? CALLS_AT_ONCE));
    this.offers = offersOf(run.cloud);
    this.comingBack = new Set(
      run.topology.entities.flatMap((entity) => {
        const id = run.origins?.get(refKey(entity));
        return id === undefined ? [] : [refKey({ kind: entity.kind, id })];
      }),
    );
    this.makingWay = new Set((run.originals ?? []).map(refKey));
  }

  static async load(run: Rebuild): Promise<RunState> {
    const state = new RunState(run, await run.cloud.whoAmI());
    for (const entry of await run.ledger.entries()) state.entries.set(refKey(entry.ref), entry);
    return state;
  }

  get scope(): { readonly projectId: string; readonly isAdmin: boolean } {
    return this.who;
  }

  entry(ref: Ref): LedgerEntry | undefined {
    return this.entries.get(refKey(ref));
  }

  /** The id of what is to stand for an entity already, whether it does or not. */
  standing(ref: Ref): string | undefined {
    return this.run.origins?.get(refKey(ref));
  }

  async put(entry: LedgerEntry): Promise<LedgerEntry> {
    await this.run.ledger.put(entry);
    this.entries.set(refKey(entry.ref), entry);
    return entry;
  }

  async forget(ref: Ref): Promise<void> {
    await this.run.ledger.forget(ref);
    this.entries.delete(refKey(ref));
  }

  /** From now on what has the longest chain of others behind it goes first. */
  order(chains: ReadonlyMap<string, number>): void {
    this.chains = chains;
  }

  /** Makes calls for an entity when it is its turn: so many at once to each service, the more urgent first. Who waits for a cloud to get something done makes none. */
  use<T>(entity: Ref, work: () => T | Promise<T>): Promise<T> {
    return this.slots[this.run.registry.get(entity.kind).service].use(work, this.urgency(entity));
  }

  /** Of what stands only the last touches are to be made, which nothing waits for. */
  private urgency(entity: Ref): number {
    const key = refKey(entity);
    const now = this.entries.get(key)?.state;
    const behind = now === 'settled' || now === 'finished' ? 0 : (this.chains.get(key) ?? 0);
    return behind + (this.held.has(key) ? ((now && FURTHER[now]) ?? IN_HAND) : 0);
  }

  /** Does `work` for an entity that nobody else is at, unless it is over; waits until it is where another process is at it. */
  async alone(entity: Ref, isOver: () => boolean, work: () => Promise<void>): Promise<void> {
    const { shares = ALONE, signal } = this.run;
    const key = refKey(entity);
    while (!isOver()) {
      const taken = await this.use(entity, async () => {
        signal.throwIfAborted();
        const share = await shares.take(entity);
        if (share === undefined) return false;
        this.held.add(key);
        if (share.entry) this.entries.set(key, share.entry);
        return true;
      });
      if (!taken) await (this.refreshing ??= this.refresh());
      else
        try {
          if (!isOver()) await work();
          return;
        } finally {
          this.held.delete(key);
          await shares.release(entity);
        }
    }
  }

  /** What others have come to meanwhile. */
  private async refresh(): Promise<void> {
    await pause(POLL_MS, undefined, { signal: this.run.signal });
    this.refreshing = undefined;
    for (const entry of await this.run.ledger.entries())
      if (isLater(entry, this.entry(entry.ref))) this.entries.set(refKey(entry.ref), entry);
  }

  /** The id of what bore our mark for an entity before this process made anything. For types without a place for a mark none. */
  async standsMarked(entity: Entity): Promise<string | undefined> {
    const to = this.target(entity);
    const marks = await this.list(entity, this.marked);
    return marks?.get(`${to.mark.runId} ${to.mark.origin.split('/').at(-1)}`);
  }

  /** What an id is like now; where many are waited for by a list of them all, until the last of them is there. */
  async look(entity: Entity, id: string): Promise<Live | undefined> {
    const listed = this.crowded ? await this.list(entity, this.listed) : undefined;
    return listed?.get(id) ?? this.use(entity, () => this.typeOf(entity).get(this.run.cloud, id, this.scope));
  }

  /** What stands there that may be for an entity; empty for types that list none. */
  async standsNow(entity: Entity): Promise<Iterable<Live>> {
    return (await this.list(entity, this.asked))?.values() ?? [];
  }

  private list<T>(entity: Entity, lists: SharedLists<T>): Promise<T | undefined> {
    return lists.of(entity, this.typeOf(entity), this.target(entity), this.run.cloud, (read) => this.use(entity, read));
  }

  private typeOf({ kind }: Ref): EntityType {
    return this.run.registry.get(kind);
  }

  /** Asks until it is so, or the time is over. */
  async until(withinMs: number, isSo: () => Promise<boolean>, late: () => Error): Promise<void> {
    this.waiting += 1;
    this.crowded ||= this.waiting > CALLS_AT_ONCE;
    try {
      const end = Date.now() + withinMs;
      // One of many is told by a list; the last may be from before it was made, and then it would be a call for each of them.
      if (this.crowded) await pause(2 * POLL_MS, undefined, { signal: this.run.signal });
      while (!(await isSo())) {
        if (Date.now() > end) throw late();
        await pause(POLL_MS, undefined, { signal: this.run.signal });
      }
    } finally {
      this.waiting -= 1;
      this.crowded &&= this.waiting > 0;
    }
  }

  /** Everything an entity may know about the target. */
  target(entity: Ref): Target {
    const { run } = this;
    const maybe = (ref: Ref | undefined): string | undefined => {
      const entry = ref && this.entry(ref);
      return entry && entry.state !== 'removed' && entry.state !== 'intended' ? entry.targetId : undefined;
    };
    return {
      maybe,
      id: (ref) => {
        const id = maybe(ref);
        if (id === undefined)
          throw illegalState(
            'reference-not-resolved',
            `${entity.kind} ${entity.id} needs ${ref.kind} ${ref.id}, which does not stand at ${run.cloud.site}.`,
          );
        return id;
      },
      captured: (ref) => run.topology.get(ref),
      mapped: (rule, name) => run.mappings[rule]?.[name] ?? name,
      open: (value) =>
        value === undefined || value === null ? undefined : typeof value === 'string' ? value : run.open(value),
      made: (ref) => maybe(ref) !== undefined && this.entry(ref)?.how === 'created',
      provided: (kind, id) => run.provided.get(`${kind}/${id}`),
      blank: (kind, id) => run.blank?.get(`${kind}/${id}`),
      all: run.topology,
      mark: markFor(run.runId, run.source, entity.kind, entity.id),
      comesBack: (there) => this.comingBack.has(refKey(there)),
      makesWay: (there) => this.makingWay.has(refKey(there)),
      staged: run.stage !== undefined,
      isolated: run.isolated ?? false,
      projectId: this.who.projectId,
      isAdmin: this.who.isAdmin,
    };
  }
}

async function byMark(lives: AsyncIterable<Live>): Promise<ReadonlyMap<string, string>> {
  const ids = new Map<string, string>();
  for await (const live of lives) {
    const mark = markIn(live);
    if (mark) ids.set(`${mark.runId} ${mark.originId}`, live.id);
  }
  return ids;
}

async function byId(lives: AsyncIterable<Live>): Promise<ReadonlyMap<string, Live>> {
  const found = new Map<string, Live>();
  for await (const live of lives) found.set(live.id, live);
  return found;
}
