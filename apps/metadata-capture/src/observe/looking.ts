import { DriftFound } from '@lifeboat/contracts';
import type { Crawled, Page, Ref } from '@lifeboat/openstack-entity-api';
import type { Database } from '@lifeboat/service-kit';
import type { EntityManager } from 'typeorm';
import { gapOf, lockWatch, swept } from '../watch/watch.ts';
import type { Watch } from '../watch/watch.ts';
import { dropFlagsBefore, freshOf } from './dirty.ts';
import { applyChanges, countStored, currentOfThese, storedRefs, unlikeStored } from './observations.ts';
import type { Place } from './observations.ts';
import { changesOfSweep } from './plan.ts';
import type { Change, Seen } from './plan.ts';
import { versionOf } from './version.ts';

const NAMED = 50;
/** After so many changes PostgreSQL is to count what is stored, and again each time they are so many times as many. */
const COUNT_AFTER = 1_000;
const COUNT_AGAIN = 3;

/**
 * One look at a whole project, stored page by page as it comes. What is as it is stored costs one query for the page and writes nothing. Nothing stays from
 * one page to the next but what changes are named; which ids were seen, the crawl knows.
 */
export class Looking {
  private count = 0;
  private countAt = COUNT_AFTER;
  private readonly named: Change[] = [];
  private readonly kinds = new Set<string>();

  constructor(
    private readonly database: Database,
    private readonly place: Place,
    private readonly began: Date,
  ) {}

  /** Of which something has changed. */
  get changedKinds(): ReadonlySet<string> {
    return this.kinds;
  }

  /** Stores what differs from what is stored. */
  readonly take = async ({ origin, entities }: Page): Promise<void> => {
    const seen = entities.map((entity): Seen => ({ ...versionOf(entity), origin }));
    const unlike = await unlikeStored(this.database, this.place, seen);
    if (unlike.length === 0) return;
    const refs = unlike.map(({ entity: { kind, id } }) => ({ kind, id }));
    const stored = await this.database.transaction(async (tx) => {
      await lockWatch(tx, this.place.site, this.place.project);
      return this.store(tx, refs, unlike);
    });
    this.note(stored);
    if (this.count < this.countAt) return;
    this.countAt = this.count * COUNT_AGAIN;
    await countStored(this.database);
  };

  /**
   * All was seen: what was not has gone. Unless it is the first look, or the first after a gap, everything that differed is what notifications should have
   * told of and did not (or have not yet): that is said. Answers how many changes there were, and how many of them were missed.
   */
  async end(
    crawled: Pick<Crawled, 'saw' | 'unlisted'>,
  ): Promise<{ readonly changes: number; readonly missed: number }> {
    const missing = await this.missing(crawled);
    const { gone, missed } = await this.database.transaction(async (tx, out) => {
      const watch = await lockWatch(tx, this.place.site, this.place.project);
      const gone = await this.store(tx, missing, []);
      await dropFlagsBefore(tx, this.place.site, this.began);
      const now = new Date();
      const missed = isHeard(watch, now) ? this.count + gone.length : 0;
      if (missed > 0) await out.emit(DriftFound, this.drift(missed, gone));
      await swept(tx, watch, this.began, now);
      return { gone, missed };
    });
    this.note(gone);
    return { changes: this.count, missed };
  }

  private async missing({ saw, unlisted }: Pick<Crawled, 'saw' | 'unlisted'>): Promise<readonly Ref[]> {
    const missing: Ref[] = [];
    for await (const refs of storedRefs(this.database, this.place))
      missing.push(...refs.filter((ref) => !saw(ref) && !unlisted.has(ref.kind)));
    return missing;
  }

  private async store(tx: EntityManager, refs: readonly Ref[], seen: readonly Seen[]): Promise<readonly Change[]> {
    if (refs.length === 0) return [];
    const [fresh, current] = [
      await freshOf(tx, this.place.site, refs, this.began),
      await currentOfThese(tx, this.place, refs),
    ];
    const changes = changesOfSweep(current, seen, { began: this.began, fresh });
    await applyChanges(tx, this.place, changes, new Date());
    return changes;
  }

  private note(changes: readonly Change[]): void {
    for (const { kind } of changes) this.kinds.add(kind);
    this.count += changes.length;
    this.named.push(...changes.slice(0, NAMED - this.named.length));
  }

  private drift(missed: number, gone: readonly Change[]) {
    const entities = [...this.named, ...gone].slice(0, NAMED).map(({ kind, id, how }) => ({ kind, id, how }));
    return { site: this.place.site, sweptFrom: this.began.toISOString(), missed, entities };
  }
}

/** Whether notifications should have told of what has changed. */
const isHeard = (watch: Watch, now: Date): boolean => watch.sweptAt !== null && !gapOf(watch, now);
