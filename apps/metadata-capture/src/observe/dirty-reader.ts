import { asLifeboatError } from '@lifeboat/kernel';
import type { LifeboatError } from '@lifeboat/kernel';
import { entities } from '@lifeboat/openstack-entities';
import { refKey } from '@lifeboat/openstack-entity-api';
import type { Ref } from '@lifeboat/openstack-entity-api';
import { Database, LOGGER } from '@lifeboat/service-kit';
import { observe } from '@lifeboat/telemetry';
import type { Logger } from '@lifeboat/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { setTimeout as pause } from 'node:timers/promises';
import { Sealer } from '../capture/sealer.ts';
import { BROKEN_MS, broken, readWatch } from '../watch/watch.ts';
import { WatchedSites } from '../watch/watched-sites.ts';
import { dueFlags, dueOfKinds } from './dirty.ts';
import type { DueFlag } from './dirty.ts';
import { HearChanges } from './hear-changes.ts';
import { Learner } from './learner.ts';
import { currentOfThese, referringTo } from './observations.ts';
import type { Place } from './observations.ts';
import { LIST_FROM, reread } from './reread.ts';

/** For flags that another instance has set, and those that wait for their second reading. */
const POLL_MS = 500;
/** A burst is read once: one action of a user is several notifications. */
const BURST_MS = 100;
const AT_ONCE = 200;
const AGAIN_MS = 2_000;

/** What was named must not wait for its neighbours: a network may have ten thousand ports. */
const LANES = [
  { near: false, name: 'named' },
  { near: true, name: 'near' },
] as const;
type Lane = (typeof LANES)[number];

/** Reads what is dirty from its site and stores what it finds. */
@Injectable()
export class DirtyReader {
  private readonly underWay = new Set<string>();
  private readonly notBefore = new Map<string, number>();
  private readonly failingSince = new Map<string, Date>();

  constructor(
    private readonly sites: WatchedSites,
    private readonly changes: HearChanges,
    private readonly learner: Learner,
    private readonly sealer: Sealer,
    private readonly database: Database,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.changes.bell.wait(POLL_MS, signal);
      await pause(BURST_MS, undefined, { signal }).catch(() => undefined);
      for (const site of this.sites.names) for (const lane of LANES) this.begin(site, lane);
    }
  }

  private begin(site: string, lane: Lane): void {
    const key = `${lane.name} ${site}`;
    if (this.underWay.has(key) || Date.now() < (this.notBefore.get(key) ?? 0)) return;
    this.underWay.add(key);
    void this.readSite(site, lane, key).finally(() => this.underWay.delete(key));
  }

  private async readSite(site: string, lane: Lane, key: string): Promise<void> {
    const signal = this.sites.signal(site);
    const began = new Date();
    try {
      for (let more = true; more && !signal?.aborted;) more = await this.readSome(site, lane, signal);
      this.failingSince.delete(key);
    } catch (thrown) {
      if (signal?.aborted) return;
      this.notBefore.set(key, Date.now() + AGAIN_MS);
      this.log.warn({ err: thrown, site }, 'what is dirty could not be read; it is tried again');
      await this.mayBeGap(site, key, asLifeboatError(thrown), began);
    }
  }

  /** One call that failed is made again, and costs a moment; a site that goes on failing is not looked at, whatever else of it answers. */
  private async mayBeGap(site: string, key: string, error: LifeboatError, began: Date): Promise<void> {
    if (error.kind !== 'unavailable' && error.kind !== 'timeout') return;
    const since = this.failingSince.get(key) ?? began;
    this.failingSince.set(key, since);
    if (Date.now() - since.getTime() < BROKEN_MS) return;
    await this.database
      .transaction((tx) => broken(tx, site, error.message, since))
      .catch((again: unknown) => this.log.warn({ err: again, site }, 'a gap could not be stored'));
  }

  /** Answers whether there may be more. */
  private async readSome(site: string, lane: Lane, signal: AbortSignal | undefined): Promise<boolean> {
    const began = new Date();
    const { watch, due } = await this.database.transaction(async (tx) => ({
      watch: await readWatch(tx, site),
      due: await dueIn(tx, site, lane),
    }));
    const cloud = due.length > 0 && watch ? await this.sites.open(site, true) : undefined;
    if (!cloud || !watch) return false;
    const place: Place = { site, project: watch.project };
    const { projectId, isAdmin } = await cloud.whoAmI();
    if (projectId !== place.project) return false; // Other credentials: the next sweep begins anew.
    const given = { cloud, registry: entities, seal: this.sealer.seal, scope: { projectId, isAdmin } };
    const wanted = await this.wantedOf(place, due);
    const reads = await reread(given, due, (refs) => this.known(place, refs), wanted);
    if (signal?.aborted) return false;
    const changes = await this.learner.learn(place, reads, began);
    observe('lifeboat_metadata_reread_seconds', (Date.now() - began.getTime()) / 1_000, { site });
    this.log.debug({ site, read: reads.length, changes: changes.length }, 'read what was dirty');
    return due.length >= AT_ONCE;
  }

  /** Those that something stored refers to: they are kept though they may be another project's. */
  private async wantedOf(place: Place, refs: readonly Ref[]): Promise<ReadonlySet<string>> {
    const referring = await this.database.transaction((tx) => referringTo(tx, place, refs));
    return new Set(referring.flatMap((one) => one.refs));
  }

  private async known(place: Place, refs: readonly Ref[]): Promise<ReadonlySet<string>> {
    const there = await this.database.transaction((tx) => currentOfThese(tx, place, refs));
    return new Set(there.filter((one) => one.digest !== null).map(refKey));
  }
}

/** Some, and with them all of the kinds that are read by list. */
async function dueIn(tx: EntityManager, site: string, { near }: Lane): Promise<readonly DueFlag[]> {
  const some = await dueFlags(tx, site, near, AT_ONCE);
  const many = [...Map.groupBy(some, (flag) => flag.kind)]
    .filter(([, flags]) => flags.length >= LIST_FROM)
    .map(([kind]) => kind);
  if (many.length === 0) return some;
  return [...some.filter((flag) => !many.includes(flag.kind)), ...(await dueOfKinds(tx, site, near, many))];
}
