import type { EntityManager } from 'typeorm';

/** Longer without a sign that the site can be looked at, and nobody was looking. */
export const BROKEN_MS = 10_000;

export interface Watch {
  readonly site: string;
  readonly project: string;
  /** Until then somebody was there to look, and the site answered. */
  readonly aliveAt: Date;
  /** When the last complete sweep began and ended. */
  readonly sweptFrom: Date | null;
  readonly sweptAt: Date | null;
  /** Nobody has been looking since; ended by the next complete sweep. */
  readonly gapFrom: Date | null;
  readonly gapWhy: string | null;
  /** The newest sign of life of the site's notification stream, and since when that is unbroken. */
  readonly heardAt: Date | null;
  readonly unbrokenSince: Date | null;
}

const SELECT = `select site, project, alive_at as "aliveAt", swept_from as "sweptFrom", swept_at as "sweptAt", gap_from as "gapFrom", gap_why as "gapWhy",
  heard_at as "heardAt", unbroken_since as "unbrokenSince" from watch`;

export async function readWatch(tx: EntityManager, site: string): Promise<Watch | undefined> {
  const rows: Watch[] = await tx.query(`${SELECT} where site = $1`, [site]);
  return rows[0];
}

/** Locked until the transaction ends: what is stored of a site is changed by one at a time. */
export async function lockWatch(tx: EntityManager, site: string, project: string): Promise<Watch> {
  await tx.query(`insert into watch (site, project, alive_at) values ($1, $2, $3) on conflict (site) do nothing`, [
    site,
    project,
    new Date(),
  ]);
  const rows: Watch[] = await tx.query(`${SELECT} where site = $1 for update`, [site]);
  const [row] = rows as [Watch];
  // Other credentials, another project: a history of its own, of which nothing was swept yet.
  if (row.project !== project)
    await tx.query(`update watch set project = $2, swept_from = null, swept_at = null where site = $1`, [
      site,
      project,
    ]);
  return row.project === project ? row : { ...row, project, sweptFrom: null, sweptAt: null };
}

/** Somebody looks, and the site answers. A sign that comes too late tells of a gap, which only a sweep can close. */
export async function beat(tx: EntityManager, site: string, now: Date): Promise<void> {
  await tx.query(
    `update watch set
       gap_from = case when alive_at < $3 then alive_at end,
       gap_why = case when alive_at < $3 then 'nobody was looking' end,
       alive_at = $2
     where site = $1 and gap_from is null`,
    [site, now, new Date(now.getTime() - BROKEN_MS)],
  );
}

/** The site does not answer: since its last sign of life nobody knows; nor since `since`, when that was before. */
export const broken = async (tx: EntityManager, site: string, why: string, since?: Date): Promise<void> =>
  void (await tx.query(
    `update watch set gap_from = least(alive_at, $3), gap_why = $2 where site = $1 and gap_from is null`,
    [site, why, since ?? null],
  ));

/** A sweep has seen all of the site: a gap ends here, and stays on record. While the first one read, only a part was known. */
export async function swept(tx: EntityManager, watch: Watch, began: Date, ended: Date): Promise<void> {
  await tx.query(
    `update watch set swept_from = $2, swept_at = $3, alive_at = greatest(alive_at, $3), gap_from = null, gap_why = null where site = $1`,
    [watch.site, began, ended],
  );
  const first = watch.sweptAt ? undefined : { from: began, why: 'it was looked at for the first time' };
  const open = gapOf(watch, ended) ?? first;
  if (open)
    await tx.query(
      `insert into gap (site, seen_from, seen_until, why) values ($1, $2, $3, $4) on conflict do nothing`,
      [watch.site, open.from, ended, open.why],
    );
}

/** The gap that lasts at this moment. */
export function gapOf(watch: Watch, now: Date): { readonly from: Date; readonly why: string } | undefined {
  if (watch.gapFrom) return { from: watch.gapFrom, why: watch.gapWhy ?? 'nobody was looking' };
  if (now.getTime() - watch.aliveAt.getTime() <= BROKEN_MS) return undefined;
  return { from: watch.aliveAt, why: 'nobody was looking' };
}

/** Gaps that touch a span of time, the one that lasts included. */
export async function gapsIn(
  tx: EntityManager,
  site: string,
  from: Date,
  until: Date,
): Promise<readonly { readonly from: string; readonly until?: string; readonly why: string }[]> {
  const past: { from: Date; until: Date; why: string }[] = await tx.query(
    `select seen_from as "from", seen_until as until, why from gap where site = $1 and seen_from < $3 and seen_until > $2 order by seen_from`,
    [site, from, until],
  );
  const watch = await readWatch(tx, site);
  const open = watch && gapOf(watch, new Date());
  return [
    ...past.map((gap) => ({ from: gap.from.toISOString(), until: gap.until.toISOString(), why: gap.why })),
    ...(open && open.from < until ? [{ from: open.from.toISOString(), why: open.why }] : []),
  ];
}
