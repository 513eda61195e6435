import type { EntityManager } from 'typeorm';
import type { Watch } from '../watch/watch.ts';

export interface Age {
  /** What is stored is what stood at the site at this moment, or later. */
  readonly provenAt: Date;
  readonly provenBy: 'sweep' | 'notifications';
  readonly seconds: number;
}

type Proofs = Pick<Watch, 'sweptFrom' | 'heardAt' | 'unbrokenSince'>;

/**
 * How old metadata is: now less the last moment for which it is proven that what is stored was what stood at the site. Two things prove it, and the later
 * counts:
 *
 * - A complete sweep proves the moment it *began*: what changed while it read may have been read before it changed.
 * - A notification stream proves the moment of its last sign of life (`site-heard`), but no later than the oldest change heard of that has not been read
 *   yet, and only when it has been unbroken since before the last sweep began: what was missed before that, the sweep has found. Notifications without
 *   signs of life prove nothing: silence may be a quiet cloud, or a broken wire.
 *
 * It rests on the cloud's word: a service that sends no notification for a change is found out by the next sweep alone (`drift-found` measures how often).
 * Pure; undefined before the first sweep.
 */
export function ageFrom(proofs: Proofs, oldestDirty: Date | null, now: Date): Age | undefined {
  const { sweptFrom, heardAt, unbrokenSince } = proofs;
  if (!sweptFrom) return undefined;
  const heard =
    heardAt && unbrokenSince && unbrokenSince <= sweptFrom
      ? Math.min(heardAt.getTime(), oldestDirty?.getTime() ?? Infinity, now.getTime())
      : -Infinity;
  const swept = sweptFrom.getTime();
  const provenAt = new Date(Math.max(swept, heard));
  return {
    provenAt,
    provenBy: heard > swept ? 'notifications' : 'sweep',
    seconds: Math.max(0, now.getTime() - provenAt.getTime()) / 1_000,
  };
}

export async function ageOf(tx: EntityManager, watch: Watch, now: Date): Promise<Age | undefined> {
  const rows: { oldest: Date | null }[] = await tx.query(
    `select min(dirty_since) as oldest from dirty where site = $1 and read_at is null`,
    [watch.site],
  );
  return ageFrom(watch, rows[0]?.oldest ?? null, now);
}
