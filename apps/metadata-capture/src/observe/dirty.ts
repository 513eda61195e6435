import type { Ref } from '@lifeboat/openstack-entity-api';
import type { EntityManager } from 'typeorm';

export interface DirtyFlag extends Ref {
  /** When the change that it tells of happened, by the site's clock. */
  readonly since: Date;
  /** Not named itself, but next to what was. */
  readonly near: boolean;
}

export interface DueFlag extends Ref {
  readonly near: boolean;
}

/** An entity of which much is told is read again no sooner than this after it was read. */
const COALESCE_MS = 500;

/** Marks entities as changed; what is marked already stays marked since the first change that nobody has looked at. */
export async function markDirty(
  tx: EntityManager,
  site: string,
  flags: readonly DirtyFlag[],
  now: Date,
): Promise<void> {
  if (flags.length === 0) return;
  await tx.query(
    `insert into dirty (site, kind, source_id, near, dirty_since, marked_at)
     select $1, kind, id, bool_and(near), min(since), $3
     from jsonb_to_recordset($2::jsonb) as f(kind text, id text, near boolean, since timestamptz)
     group by kind, id order by kind, id
     on conflict (site, kind, source_id) do update set
       near = excluded.near and (dirty.near or dirty.read_at is not null),
       dirty_since = case when dirty.read_at is null then least(dirty.dirty_since, excluded.dirty_since) else excluded.dirty_since end,
       marked_at = excluded.marked_at, read_at = null`,
    [site, JSON.stringify(flags), now],
  );
}

/** What is to be read next of what was named, or of what is near it; the oldest first. */
export const dueFlags = (tx: EntityManager, site: string, near: boolean, limit: number): Promise<DueFlag[]> =>
  tx.query(
    `select kind, source_id as id, near from dirty
     where site = $1 and near = $2 and read_at is null and (last_read_at is null or last_read_at < $4)
     order by dirty_since limit $3`,
    [site, near, limit, settledBefore()],
  );

/** All that is due of these kinds: their lists are read anyway, and must not be read for every few of them. */
export const dueOfKinds = (
  tx: EntityManager,
  site: string,
  near: boolean,
  kinds: readonly string[],
): Promise<DueFlag[]> =>
  tx.query(
    `select kind, source_id as id, near from dirty
     where site = $1 and near = $2 and read_at is null and (last_read_at is null or last_read_at < $4) and kind = any($3)`,
    [site, near, kinds, settledBefore()],
  );

const settledBefore = (): Date => new Date(Date.now() - COALESCE_MS);

/** They were read; one that was marked again since the reading began stays dirty. A read flag stays until a sweep has begun after it. */
export async function flagsRead(
  tx: EntityManager,
  site: string,
  refs: readonly Ref[],
  began: Date,
  at: Date,
): Promise<void> {
  await tx.query(
    `update dirty d set last_read_at = $4, read_at = case when d.marked_at <= $3 then $4 else d.read_at end
     from jsonb_to_recordset($2::jsonb) as r(kind text, id text)
     where d.site = $1 and d.kind = r.kind and d.source_id = r.id`,
    [site, JSON.stringify(refs.map(({ kind, id }) => ({ kind, id }))), began, at],
  );
}

/** Those of them that a sweep which began then leaves alone: they are dirty, or were read by themselves since. */
export async function freshOf(
  tx: EntityManager,
  site: string,
  refs: readonly Ref[],
  began: Date,
): Promise<ReadonlySet<string>> {
  const rows: { key: string }[] = await tx.query(
    `select d.kind || '/' || d.source_id as key from dirty d where d.site = $1 and (d.read_at is null or d.read_at >= $2)
       and (d.kind, d.source_id) in (select kind, id from unnest($3::text[], $4::text[]) as r(kind, id))`,
    [site, began, refs.map((ref) => ref.kind), refs.map((ref) => ref.id)],
  );
  return new Set(rows.map(({ key }) => key));
}

export const dropFlagsBefore = async (tx: EntityManager, site: string, began: Date): Promise<void> =>
  void (await tx.query(`delete from dirty where site = $1 and read_at < $2`, [site, began]));
