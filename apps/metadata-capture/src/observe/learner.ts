import { entities } from '@lifeboat/openstack-entities';
import { refKey, refsOf } from '@lifeboat/openstack-entity-api';
import type { Entity, Ref } from '@lifeboat/openstack-entity-api';
import { Database } from '@lifeboat/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { MemberFinder } from '../members/member-finder.ts';
import { lockWatch } from '../watch/watch.ts';
import { flagsRead, markDirty } from './dirty.ts';
import { applyChanges, contentOf, currentOfThese, refOf, referringTo } from './observations.ts';
import type { Place } from './observations.ts';
import { changesOfReads } from './plan.ts';
import type { Change, Read } from './plan.ts';
import { impliedBy } from './reread.ts';
import { versionOf } from './version.ts';

const keysOf = (entity: Entity): readonly string[] => refsOf(entity).map(([, ref]) => refKey(ref));

/** Takes in what was read one by one. */
@Injectable()
export class Learner {
  constructor(
    private readonly database: Database,
    private readonly members: MemberFinder,
  ) {}

  /**
   * Stores what differs, and what follows from it: what nothing refers to any more is let go, what an entity is the only record of is kept. What a changed
   * entity began or ceased to refer to is dirty too: a volume that was attached, say, when only its server was named.
   */
  async learn(place: Place, reads: readonly Read[], began: Date): Promise<readonly Change[]> {
    const learnt = await this.database.transaction(async (tx) => {
      await lockWatch(tx, place.site, place.project);
      const current = await currentOfThese(tx, place, reads);
      const planned = changesOfReads(current, reads);
      const before = await contentOf(tx, place, planned);
      const changes = await withImplied(tx, place, planned);
      const now = new Date();
      await applyChanges(tx, place, changes, now);
      const released = await letGo(tx, place, before, changes, now);
      await flagsRead(tx, place.site, reads, began, now);
      await markDirty(tx, place.site, await disturbed(tx, place, before, changes, reads, now), now);
      return [...changes, ...released];
    });
    this.members.touch(place.site, new Set(learnt.map(({ kind }) => kind)));
    return learnt;
  }
}

/** A flavor that was deleted lives on in its servers; one that only a server tells of comes with it. */
async function withImplied(tx: EntityManager, place: Place, planned: readonly Change[]): Promise<readonly Change[]> {
  const seen = planned.map((change) => change.version?.entity).filter((entity) => entity !== undefined);
  const goneRefs = planned.filter((change) => change.how === 'gone');
  const owners = await referringTo(tx, place, goneRefs);
  const implied = impliedBy(entities, [...seen, ...(await contentOf(tx, place, owners))]);
  if (implied.length === 0) return planned;
  const byKey = new Map(implied.map((entity) => [refKey(entity), entity]));
  const there = new Map((await currentOfThese(tx, place, implied)).map((one) => [refKey(one), one]));
  const planKeys = new Map(planned.map((change) => [refKey(change), change]));
  const more = [...byKey].flatMap(([key, entity]): Change[] => {
    const old = there.get(key);
    const change = planKeys.get(key);
    if (change ? change.how !== 'gone' : old !== undefined && old.digest !== null) return [];
    const { kind, id } = entity;
    return [{ kind, id, how: change ? 'changed' : 'appeared', origin: 'implied', version: versionOf(entity) }];
  });
  const replaced = new Set(more.map(refKey));
  return [...planned.filter((change) => !replaced.has(refKey(change))), ...more];
}

/** What is not the project's own goes with the last thing that referred to it. */
async function letGo(
  tx: EntityManager,
  place: Place,
  before: readonly Entity[],
  changes: readonly Change[],
  now: Date,
): Promise<readonly Change[]> {
  const after = new Map(changes.map((change) => [refKey(change), change.version?.entity]));
  let candidates = before
    .filter((entity) => after.has(refKey(entity)))
    .flatMap((entity) => {
      const still = new Set(keysOf(after.get(refKey(entity)) ?? { ...entity, refs: {} }));
      return keysOf(entity).filter((key) => !still.has(key));
    })
    .map(refOf);
  const all: Change[] = [];
  while (candidates.length > 0) {
    const referred = new Set((await referringTo(tx, place, candidates)).flatMap((one) => one.refs));
    const lost = (await currentOfThese(tx, place, candidates)).filter(
      (one) => one.digest !== null && one.origin !== 'owned' && !referred.has(refKey(one)),
    );
    const contents = await contentOf(tx, place, lost);
    const losses = lost.map(({ kind, id, origin }): Change => ({ kind, id, how: 'gone', origin }));
    await applyChanges(tx, place, losses, now);
    all.push(...losses);
    candidates = contents.flatMap(keysOf).map(refOf);
  }
  return all;
}

/** The stored neighbours that a change began or ceased to refer to, unless they were read with it. */
async function disturbed(
  tx: EntityManager,
  place: Place,
  before: readonly Entity[],
  changes: readonly Change[],
  reads: readonly Read[],
  now: Date,
) {
  const olds = new Map(before.map((entity) => [refKey(entity), new Set(keysOf(entity))]));
  const read = new Set(reads.map(refKey));
  const keys = changes.flatMap((change) => {
    const old = olds.get(refKey(change)) ?? new Set<string>();
    const fresh = new Set(change.version ? keysOf(change.version.entity) : []);
    return [...[...old].filter((key) => !fresh.has(key)), ...[...fresh].filter((key) => !old.has(key))];
  });
  const refs: Ref[] = [...new Set(keys)].filter((key) => !read.has(key)).map(refOf);
  const there = await currentOfThese(tx, place, refs);
  return there.filter((one) => one.digest !== null).map(({ kind, id }) => ({ kind, id, since: now, near: true }));
}
