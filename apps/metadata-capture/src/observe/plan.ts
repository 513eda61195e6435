import type { Origin, Ref } from '@lifeboat/openstack-entity-api';
import { refKey } from '@lifeboat/openstack-entity-api';
import type { Version } from './version.ts';

/** The newest that is stored of an entity; without a digest it had gone. */
export interface Current extends Ref {
  readonly digest: string | null;
  readonly origin: Origin;
  readonly seenFrom: Date;
}

export interface Seen extends Version {
  readonly origin: Origin;
}

export interface Change extends Ref {
  readonly how: 'appeared' | 'changed' | 'gone';
  readonly origin: Origin;
  /** Absent when it is gone. */
  readonly version?: Version;
  readonly before?: string;
  /** When it was asked for, where that is known better than for all changes at once. */
  readonly at?: Date;
}

const appearedOrChanged = (seen: Seen, old: Current | undefined): Change | undefined => {
  if (old?.digest === seen.digest && old.origin === seen.origin) return undefined;
  const { kind, id } = seen.entity;
  const before = old?.digest ?? undefined;
  return {
    kind,
    id,
    how: before === undefined ? 'appeared' : 'changed',
    origin: seen.origin,
    version: seen,
    ...(before !== undefined && { before }),
  };
};

const gone = (old: Current): Change => ({
  kind: old.kind,
  id: old.id,
  how: 'gone',
  origin: old.origin,
  ...(old.digest !== null && { before: old.digest }),
});

/**
 * What a look at a part of a project changes in what is stored of that part. Left alone is what was read by itself since the look began (`fresh`), as the look
 * may have seen it before that. Pure.
 */
export function changesOfSweep(
  current: readonly Current[],
  seen: readonly Seen[],
  given: { readonly began: Date; readonly fresh: ReadonlySet<string> },
): readonly Change[] {
  const olds = new Map(current.map((old) => [refKey(old), old]));
  const touchable = (key: string): boolean => !given.fresh.has(key) && !((olds.get(key)?.seenFrom ?? 0) >= given.began);
  const now = new Map(seen.map((one) => [refKey(one.entity), one]));
  const stored = [...now]
    .filter(([key]) => touchable(key))
    .map(([key, one]) => appearedOrChanged(one, olds.get(key)))
    .filter((change) => change !== undefined);
  const missing = [...olds]
    .filter(([key, old]) => old.digest !== null && !now.has(key) && touchable(key))
    .map(([, old]) => gone(old));
  return [...stored, ...missing];
}

/** One entity as it was read by itself; without `seen` it was not there. */
export interface Read extends Ref {
  /** When it was asked for: what was read is as it was then, or later. */
  readonly at: Date;
  readonly seen?: Seen;
}

/** What entities read one by one change in what is stored of them. A read that is older than what is stored says nothing. Pure. */
export function changesOfReads(current: readonly Current[], reads: readonly Read[]): readonly Change[] {
  const olds = new Map(current.map((old) => [refKey(old), old]));
  return reads
    .map((read) => {
      const old = olds.get(refKey(read));
      if (old && old.seenFrom >= read.at) return undefined;
      const change = read.seen ? appearedOrChanged(read.seen, old) : old && old.digest !== null ? gone(old) : undefined;
      return change && { ...change, at: read.at };
    })
    .filter((change) => change !== undefined);
}
