import type { EntityManager } from 'typeorm';
import { rowOf } from './version.ts';
import type { Version } from './version.ts';

const AT_ONCE = 500;
const LOCK = `hashtext('capture entity versions')`;

/** Stores what is not stored yet. Until the transaction ends nobody forgets versions, so that what refers to these cannot find them gone. */
export async function keepVersions(tx: EntityManager, versions: readonly Version[]): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock_shared(${LOCK})`);
  for (let i = 0; i < versions.length; i += AT_ONCE)
    await tx.query(
      `insert into entity_version (digest, kind, source_id, content, refs)
       select digest, kind, source_id, content, array(select jsonb_array_elements_text(refs))
       from jsonb_to_recordset($1::jsonb) as v(digest text, kind text, source_id text, content jsonb, refs jsonb)
       on conflict (digest) do nothing`,
      [JSON.stringify(versions.slice(i, i + AT_ONCE).map(rowOf))],
    );
}

/** Forgets those of these versions that neither a recovery point nor an observation needs. */
export async function forgetVersions(tx: EntityManager, digests: readonly string[]): Promise<void> {
  if (digests.length === 0) return;
  await tx.query(`select pg_advisory_xact_lock(${LOCK})`);
  await tx.query(
    `delete from entity_version v where v.digest = any($1)
     and not exists (select from observation o where o.digest = v.digest)
     and not exists (select from topology t where t.members @> array[v.digest])`,
    [digests],
  );
}
