import type { EntityManager } from 'typeorm';
import type { Schedulable } from './schedule.ts';

/** A point that was begun and neither sealed nor discarded keeps its group busy this long: no run lasts longer. */
const BUSY_HOURS = 24;
/** A point that led to nothing is followed by another after so many seconds, or a quarter of the RPO when that is sooner. */
const AGAIN_SECONDS = 60;
const LEARNED_FROM = 10;

type Row = Omit<Schedulable, 'made'> & {
  readonly made: readonly { readonly openedAt: string; readonly requestedAt: string; readonly sealedAt: string }[];
};

/** What is known of groups (of all that have an RPO and are not failed over, or of those named) for their schedule. `lock`: nobody else plans them meanwhile. */
export async function readPlannable(
  tx: EntityManager,
  { groupIds, lock = false }: { readonly groupIds?: readonly string[]; readonly lock?: boolean } = {},
): Promise<readonly Schedulable[]> {
  const rows: Row[] = await tx.query(
    `select g.group_id as "groupId", p.rpo_seconds as "rpoSeconds",
       (g.state <> 'protected' or g.held_by is not null or g.paused_at is not null) as idle,
       (select max(requested_at) from recovery_point r where r.group_id = g.group_id and r.state = 'sealed' and not r.former) as "lastRequestedAt",
       (select max(opened_at) from recovery_point r
         where r.group_id = g.group_id and r.state = 'open' and r.opened_at > now() - make_interval(hours => $1)) as "openedAt",
       (select min(opened_at) from recovery_point r where r.group_id = g.group_id and r.sealed_at is null) as "tryingSince",
       exists (select from recovery_point r where r.group_id = g.group_id and r.state in ('discarding', 'discarded') and r.sealed_at is null
         and r.opened_at > now() - make_interval(secs => least($2::float8, p.rpo_seconds / 4.0))) as "tooEarly",
       (select coalesce(json_agg(m), '[]') from (
         select opened_at as "openedAt", requested_at as "requestedAt", sealed_at as "sealedAt" from recovery_point r
         where r.group_id = g.group_id and r.sealed_at is not null order by r.requested_at desc limit $3) m) as made
     from protection_group g join policy p on p.name = g.policy
     where ${groupIds ? 'g.group_id = any($4)' : `p.rpo_seconds > 0 and g.state <> 'failed-over'`}
     ${lock ? 'for update of g skip locked' : ''}`,
    [BUSY_HOURS, AGAIN_SECONDS, LEARNED_FROM, ...(groupIds ? [groupIds] : [])],
  );
  return rows.map(({ made, ...row }) => ({
    ...row,
    made: made.map(({ openedAt, requestedAt, sealedAt }) => ({
      openedAt: new Date(openedAt),
      requestedAt: new Date(requestedAt),
      sealedAt: new Date(sealedAt),
    })),
  }));
}
