import { refKey } from '@lifeboat/openstack-entity-api';
import type { Entity, Origin, Ref } from '@lifeboat/openstack-entity-api';
import type { EntityManager } from 'typeorm';
import type { Database } from '@lifeboat/service-kit';
import type { Change, Current, Seen } from './plan.ts';
import { keepVersions } from './versions.ts';

/** Whose entities: a site as one set of credentials sees it. */
export interface Place {
  readonly site: string;
  readonly project: string;
}

const CURRENT = `select o.kind, o.source_id as id, o.digest, o.origin, o.seen_from as "seenFrom"
  from observation o where o.site = $1 and o.project = $2 and o.seen_until is null`;

const REFS_AT_ONCE = 5_000;

/**
 * Of what was seen, that which is not stored just so. One is looked up after the other: as a join PostgreSQL would rather go through all that is stored, for
 * each page anew.
 */
export async function unlikeStored(
  database: Database,
  { site, project }: Place,
  seen: readonly Seen[],
): Promise<Seen[]> {
  const rows: { at: string }[] = await database.query(
    `select n.at from unnest($3::text[], $4::text[], $5::text[], $6::text[]) with ordinality as n(kind, id, digest, origin, at)
     where not coalesce((select o.digest = n.digest and o.origin = n.origin from observation o
       where o.site = $1 and o.project = $2 and o.kind = n.kind and o.source_id = n.id and o.seen_until is null), false)`,
    [
      site,
      project,
      seen.map(({ entity }) => entity.kind),
      seen.map(({ entity }) => entity.id),
      seen.map(({ digest }) => digest),
      seen.map(({ origin }) => origin),
    ],
  );
  return rows.map(({ at }) => seen[Number(at) - 1]).filter((one) => one !== undefined);
}

/**
 * Has PostgreSQL count what is stored: until it has, it takes a site that was just read for the first time for a handful of rows, and goes through all of them
 * for each page. By itself it counts once a minute.
 */
export const countStored = (database: Database): Promise<unknown> => database.query('analyze observation');

/** Everything that is stored and not gone, some at once: as one row, since each costs more to take apart than what is in it. */
export async function* storedRefs(database: Database, { site, project }: Place): AsyncGenerator<readonly Ref[]> {
  let last: Ref | undefined = { kind: '', id: '' };
  while (last) {
    const rows: { kinds: string[]; ids: string[] }[] = await database.query(
      `select coalesce(json_agg(kind), '[]') as kinds, coalesce(json_agg(source_id), '[]') as ids from (
         select kind, source_id from observation
         where site = $1 and project = $2 and seen_until is null and (kind, source_id) > ($3, $4) and digest is not null
         order by kind, source_id limit $5) as stored`,
      [site, project, last.kind, last.id, REFS_AT_ONCE],
    );
    const refs: readonly Ref[] = rows.flatMap(({ kinds, ids }) => ids.map((id, at) => ({ kind: kinds[at] ?? '', id })));
    yield refs;
    last = refs.length === REFS_AT_ONCE ? refs.at(-1) : undefined;
  }
}

export const currentOfThese = (tx: EntityManager, { site, project }: Place, refs: readonly Ref[]): Promise<Current[]> =>
  tx.query(
    `${CURRENT} and (o.kind, o.source_id) in (select kind, id from jsonb_to_recordset($3::jsonb) as r(kind text, id text))`,
    [site, project, JSON.stringify(refs.map(({ kind, id }) => ({ kind, id })))],
  );

/** The newest content of these entities, of whatever is not gone. */
export async function contentOf(tx: EntityManager, { site, project }: Place, refs: readonly Ref[]): Promise<Entity[]> {
  const rows: { content: Entity }[] = await tx.query(
    `select v.content from observation o join entity_version v on v.digest = o.digest
     where o.site = $1 and o.project = $2 and o.seen_until is null
       and (o.kind, o.source_id) in (select kind, id from jsonb_to_recordset($3::jsonb) as r(kind text, id text))`,
    [site, project, JSON.stringify(refs.map(({ kind, id }) => ({ kind, id })))],
  );
  return rows.map((row) => row.content);
}

/** What refers to any of these now. */
export async function referringTo(
  tx: EntityManager,
  { site, project }: Place,
  refs: readonly Ref[],
): Promise<readonly (Ref & { readonly origin: Origin; readonly refs: readonly string[] })[]> {
  return tx.query(
    `select o.kind, o.source_id as id, o.origin, v.refs from entity_version v join observation o on o.digest = v.digest
     where o.site = $1 and o.project = $2 and o.seen_until is null and v.refs && $3::text[]`,
    [site, project, refs.map(refKey)],
  );
}

/** What these refer to now, whether it is stored or not. */
export async function referredBy(tx: EntityManager, { site, project }: Place, refs: readonly Ref[]): Promise<Ref[]> {
  const rows: { key: string }[] = await tx.query(
    `select distinct unnest(v.refs) as key from observation o join entity_version v on v.digest = o.digest
     where o.site = $1 and o.project = $2 and o.seen_until is null
       and (o.kind, o.source_id) in (select kind, id from jsonb_to_recordset($3::jsonb) as r(kind text, id text))`,
    [site, project, JSON.stringify(refs.map(({ kind, id }) => ({ kind, id })))],
  );
  return rows.map(({ key }) => refOf(key));
}

export const refOf = (key: string): Ref => {
  const slash = key.indexOf('/');
  return { kind: key.slice(0, slash), id: key.slice(slash + 1) };
};

/** Ends the spans of what has changed, and begins new ones, at `at` or at the change's own time: that of something gone has no digest. */
export async function applyChanges(
  tx: EntityManager,
  { site, project }: Place,
  changes: readonly Change[],
  at: Date,
): Promise<void> {
  if (changes.length === 0) return;
  await keepVersions(
    tx,
    changes.map((change) => change.version).filter((version) => version !== undefined),
  );
  const rows = JSON.stringify(
    changes.map(({ kind, id, origin, version, at: own }) => ({
      kind,
      id,
      origin,
      digest: version?.digest ?? null,
      at: own ?? at,
    })),
  );
  await tx.query(
    `update observation o set seen_until = greatest(r.at, o.seen_from)
     from jsonb_to_recordset($3::jsonb) as r(kind text, id text, at timestamptz)
     where o.site = $1 and o.project = $2 and o.kind = r.kind and o.source_id = r.id and o.seen_until is null`,
    [site, project, rows],
  );
  await tx.query(
    `insert into observation (site, project, kind, source_id, digest, origin, seen_from)
     select $1, $2, r.kind, r.id, r.digest, r.origin, r.at
     from jsonb_to_recordset($3::jsonb) as r(kind text, id text, digest text, origin text, at timestamptz)`,
    [site, project, rows],
  );
}
