import { illegalState, Slots } from '@lifeboat/kernel';
import type { Json } from '@lifeboat/kernel';
import { setTimeout as pause } from 'node:timers/promises';
import type { Cloud } from '@lifeboat/openstack-client';
import type { Ref, Target, Topology } from './entity.ts';
import { offersOf } from './extensions.ts';
import type { Offers } from './extensions.ts';
import type { Ledger, LedgerEntry } from './ledger.ts';
import { markFor } from './mark.ts';
import type { Registry } from './registry.ts';
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
  /** So many calls are made at once; six without it. */
  readonly concurrent?: number;
  readonly open: (sealed: Json) => string;
  readonly signal: AbortSignal;
}

const CALLS_AT_ONCE = 6;
const POLL_MS = 300;

/** The ledger in memory, and the targets made of it. */
export class RunState {
  /** For calls; who waits for a cloud to get something done holds none. */
  readonly slots: Slots;
  /** How many wait for something to get ready. */
  private waiting = 0;
  readonly entries = new Map<string, LedgerEntry>();
  /** Which types the target has an API for. */
  readonly offers: Offers;

  private readonly comingBack: ReadonlySet<string>;
  private readonly makingWay: ReadonlySet<string>;

  private constructor(
    readonly run: Rebuild,
    private readonly who: { readonly projectId: string; readonly isAdmin: boolean },
  ) {
    this.slots = new Slots(run.concurrent ?? CALLS_AT_ONCE);
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

  /** Asks until it is so, or the time is over. The more wait, the rarer each asks: a thousand servers that boot leave room for other calls. */
  async until(withinMs: number, isSo: () => Promise<boolean>, late: () => Error): Promise<void> {
    this.waiting += 1;
    try {
      const end = Date.now() + withinMs;
      while (!(await this.slots.use(isSo))) {
        if (Date.now() > end) throw late();
        await pause(POLL_MS * Math.max(1, this.waiting / CALLS_AT_ONCE), undefined, { signal: this.run.signal });
      }
    } finally {
      this.waiting -= 1;
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
