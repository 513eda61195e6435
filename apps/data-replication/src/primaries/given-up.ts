import type { EntityManager } from 'typeorm';

/** Held while it is decided whether a group's primary may still be called, so that no verb slips in between. */
const decideAlone = (tx: EntityManager, groupId: string): Promise<unknown> =>
  tx.query(`select pg_advisory_xact_lock(hashtext('given-up:' || $1))`, [groupId]);

/** Whether nothing may call the group's primary any more. Holds until the transaction ends. */
export async function isGivenUp(tx: EntityManager, groupId: string): Promise<boolean> {
  await decideAlone(tx, groupId);
  const rows: unknown[] = await tx.query(`select 1 from given_up_primary where group_id = $1`, [groupId]);
  return rows.length > 0;
}

/**
 * From here on no verb of the group is given its primary. What removes points goes on at the target alone: workers that are at it lose the verb at
 * their next sign of life, and are asked for the rest of it. May be called twice, and after `commit`.
 */
export async function giveUp(tx: EntityManager, groupId: string, runId: string, committed: boolean): Promise<void> {
  await decideAlone(tx, groupId);
  await tx.query(
    `insert into given_up_primary (group_id, run_id, committed) values ($1, $2, $3)
     on conflict (group_id) do update set run_id = excluded.run_id, committed = given_up_primary.committed or excluded.committed`,
    [groupId, runId, committed],
  );
  await tx.query(
    `update task set request = request - 'source', site = request->>'target', state = 'waiting', worker = null, due_at = now()
     where request->'point'->>'groupId' = $1 and request->>'verb' = 'discard' and request ? 'source' and state in ('waiting', 'asked')`,
    [groupId],
  );
  await tx.query(
    `update task set state = 'cancelled' where request->'point'->>'groupId' = $1 and request->>'verb' = 'lag' and state in ('waiting', 'asked')`,
    [groupId],
  );
}

/** The run is over: the primary may be called again, unless the group has left it. Events may come in any order, so what was committed stays. */
export async function takeBack(tx: EntityManager, groupId: string, runId: string): Promise<void> {
  await decideAlone(tx, groupId);
  await tx.query(`delete from given_up_primary where group_id = $1 and run_id = $2 and not committed`, [
    groupId,
    runId,
  ]);
}
