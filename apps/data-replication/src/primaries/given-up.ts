import type { EntityManager } from 'typeorm';

/** Held while it is decided whether a group's primary may still be called, so that no verb slips in between. */
const decideAlone = (tx: EntityManager, groupId: string): Promise<unknown> =>
  tx.query(`select pg_advisory_xact_lock(hashtext('given-up:' || $1))`, [groupId]);

/** Whether nothing may call the group's primary any more. Holds until the transaction ends. */
export async function isGivenUp(tx: EntityManager, groupId: string): Promise<boolean> {
  await decideAlone(tx, groupId);
  const rows: unknown[] = await tx.query(`select 1 from given_up_primary where group_id = $1 and not back`, [groupId]);
  return rows.length > 0;
}

/**
 * From here on no verb of the group is given its primary. What removes points goes on at the target alone: workers that are at it lose the verb at
 * their next sign of life, and are asked for the rest of it. May be called twice, and after `commit`. `at`: when that was true; what is older than the word
 * that the primary is back changes nothing.
 */
export async function giveUp(
  tx: EntityManager,
  { groupId, runId, committed, at }: { groupId: string; runId: string; committed: boolean; at: Date },
): Promise<void> {
  await decideAlone(tx, groupId);
  const stored: unknown[] = await tx.query(
    `insert into given_up_primary (group_id, run_id, committed, told_at) values ($1, $2, $3, $4)
     on conflict (group_id) do update set run_id = excluded.run_id, back = false, told_at = greatest(given_up_primary.told_at, excluded.told_at),
       committed = (given_up_primary.committed and not given_up_primary.back) or excluded.committed
       where not given_up_primary.back or given_up_primary.told_at < excluded.told_at
     returning group_id`,
    [groupId, runId, committed, at],
  );
  if (stored.length === 0) return;
  await tx.query(
    `update task set request = request - 'source', site = request->>'target', state = 'waiting', worker = null, due_at = now()
     where request->'point'->>'groupId' = $1 and request->>'verb' = 'discard' and request ? 'source' and state in ('waiting', 'asked')`,
    [groupId],
  );
  await tx.query(
    `update task set state = 'cancelled' where request->'point'->>'groupId' = $1 and request->>'verb' in ('lag', 'quiesce', 'unquiesce') and state in ('waiting', 'asked')`,
    [groupId],
  );
  // The group has left it: whether its application there is held still is nobody's affair any more.
  if (committed)
    await tx.query(
      `update application_freeze set released_at = now(), ended_at = coalesce(ended_at, now()), outcome = coalesce(outcome, 'failed'), why = 'its site was given up'
       where group_id = $1 and released_at is null`,
      [groupId],
    );
}

/** The group is protected the other way round: what it had given up may be called again, for what is left there. */
export async function comeBack(
  tx: EntityManager,
  { groupId, runId, at }: { groupId: string; runId: string; at: Date },
): Promise<void> {
  await decideAlone(tx, groupId);
  await tx.query(
    `insert into given_up_primary (group_id, run_id, back, told_at) values ($1, $2, true, $3)
     on conflict (group_id) do update set run_id = excluded.run_id, back = true, committed = false, told_at = excluded.told_at
       where given_up_primary.told_at <= excluded.told_at`,
    [groupId, runId, at],
  );
}

/** The run is over: the primary may be called again, unless the group has left it. Events may come in any order, so what was committed stays. */
export async function takeBack(tx: EntityManager, groupId: string, runId: string): Promise<void> {
  await decideAlone(tx, groupId);
  await tx.query(`delete from given_up_primary where group_id = $1 and run_id = $2 and not committed and not back`, [
    groupId,
    runId,
  ]);
}
