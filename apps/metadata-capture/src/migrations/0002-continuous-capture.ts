import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What was seen of each entity over time, and when nobody looked; what is to be read again; which groups are watched for, and who found their members. */
export class ContinuousCapture1790000000204 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await versions(runner);
    await runner.query(`
      create table watch (
        site text primary key, project text not null, alive_at timestamptz not null,
        swept_from timestamptz, swept_at timestamptz, gap_from timestamptz, gap_why text,
        heard_at timestamptz, unbroken_since timestamptz
      )`);
    await runner.query(`
      create table observation (
        id bigint generated always as identity primary key, site text not null, project text not null, kind text not null, source_id text not null,
        digest text references entity_version (digest), origin text not null check (origin in ('owned', 'foreign', 'implied')),
        seen_from timestamptz not null, seen_until timestamptz
      )`);
    await runner.query(
      `create unique index observation_now on observation (site, project, kind, source_id) where seen_until is null`,
    );
    await runner.query(`create index observation_span on observation (site, project, seen_from, seen_until)`);
    await runner.query(`create index observation_entity on observation (kind, source_id, seen_from)`);
    await runner.query(`create index observation_digest on observation (digest)`);
    await runner.query(`
      create table gap (site text not null, seen_from timestamptz not null, seen_until timestamptz not null, why text not null, primary key (site, seen_from))`);
    await runner.query(`
      create table dirty (
        site text not null, kind text not null, source_id text not null, near boolean not null,
        dirty_since timestamptz not null, marked_at timestamptz not null, read_at timestamptz, last_read_at timestamptz,
        primary key (site, kind, source_id)
      )`);
    await groups(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['group_member', 'watched_group', 'dirty', 'gap', 'observation', 'watch'])
      await runner.query(`drop table ${table}`);
    await runner.query(`drop index topology_members`);
    await runner.query(`alter table point_topology drop column captured_at`);
    await runner.query(`alter table entity_version drop column refs`);
  }
}

/** The edges of the graph beside the content, so that neighbours are found without reading it. */
async function versions(runner: QueryRunner): Promise<void> {
  await runner.query(`alter table entity_version add column refs text[] not null default '{}'`);
  await runner.query(`
    update entity_version v set refs = coalesce((
      select array_agg((r.value ->> 'kind') || '/' || (r.value ->> 'id'))
      from jsonb_each(v.content -> 'refs') e
      cross join lateral jsonb_array_elements(case jsonb_typeof(e.value) when 'array' then e.value else jsonb_build_array(e.value) end) r
    ), '{}')`);
  await runner.query(`create index entity_version_refs on entity_version using gin (refs)`);
  await runner.query(`alter table point_topology add column captured_at timestamptz not null default now()`);
  await runner.query(`create index topology_members on topology using gin (members)`);
}

async function groups(runner: QueryRunner): Promise<void> {
  await runner.query(`
    create table watched_group (
      group_id text primary key, site text not null, policy text not null, members jsonb not null, state text not null,
      rpo_limit integer, alarmed_at timestamptz, found_at timestamptz,
      known_since timestamptz not null default now(), told_at timestamptz not null
    )`);
  await runner.query(`
    create table group_member (
      group_id text not null references watched_group (group_id) on delete cascade, kind text not null, source_id text not null, name text not null,
      joined_at timestamptz not null, strayed_at timestamptz, primary key (group_id, kind, source_id)
    )`);
}
