import { digestOf, notFound } from '@lifeboat/kernel';
import type { Json } from '@lifeboat/kernel';
import type { CaptureReport } from '@lifeboat/contracts';
import type { Entity } from '@lifeboat/openstack-entity-api';
import type { EntityManager } from 'typeorm';
import { versionOf } from '../observe/version.ts';
import { forgetVersions, keepVersions } from '../observe/versions.ts';

/** Stores a topology by its content: what did not change since is stored once. Answers its digest. */
export async function storeTopology(
  tx: EntityManager,
  of: {
    readonly pointId: string;
    readonly groupId: string;
    readonly report: CaptureReport;
    /** Now, without it. */
    readonly capturedAt?: string;
  },
  all: readonly Entity[],
): Promise<string> {
  const versions = all.map(versionOf).sort((a, b) => (a.digest < b.digest ? -1 : 1));
  await keepVersions(tx, versions);
  const members = versions.map((v) => v.digest);
  const digest = digestOf(members);
  await tx.query(`insert into topology (digest, members) values ($1, $2) on conflict (digest) do nothing`, [
    digest,
    members,
  ]);
  await tx.query(
    `insert into point_topology (point_id, group_id, digest, report, captured_at) values ($1, $2, $3, $4, coalesce($5, now()))
     on conflict (point_id) do update set digest = excluded.digest, report = excluded.report`,
    [of.pointId, of.groupId, digest, JSON.stringify(of.report), of.capturedAt ?? null],
  );
  return digest;
}

const PAGE_BYTES = 400_000;

/** One page of a topology, below what NATS carries in a message. */
export async function readPage(
  tx: EntityManager,
  metadata: string,
  cursor: number,
): Promise<{ readonly entities: readonly Json[]; readonly next?: number }> {
  const rows: { content: Json; at: string }[] = await tx.query(
    `select v.content, m.at from topology t cross join lateral unnest(t.members) with ordinality as m(digest, at) join entity_version v on v.digest = m.digest
     where t.digest = $1 and m.at > $2 order by m.at limit 500`,
    [metadata, cursor],
  );
  if (rows.length === 0 && cursor === 0)
    throw notFound('topology-not-found', `There is no captured topology ${metadata}.`, {
      mend: 'It was forgotten with its recovery point.',
    });
  let bytes = 0;
  const page = rows.filter(({ content }, i) => (bytes += JSON.stringify(content).length) < PAGE_BYTES || i === 0);
  const last = page.at(-1);
  return {
    entities: page.map((row) => row.content),
    ...(last && (page.length < rows.length || rows.length === 500) && { next: Number(last.at) }),
  };
}

/** Forgets what no point needs any more. */
export async function forgetPoint(tx: EntityManager, pointId: string): Promise<void> {
  await tx.query(`delete from point_topology where point_id = $1`, [pointId]);
  const rows: { digest: string }[] = await tx.query(
    `with unneeded as (delete from topology t where not exists (select from point_topology p where p.digest = t.digest) returning members)
     select distinct unnest(members) as digest from unneeded`,
  );
  await forgetVersions(
    tx,
    rows.map(({ digest }) => digest),
  );
}
