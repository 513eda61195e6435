import type { EntityManager } from 'typeorm';

interface Made {
  readonly bytes: number;
  readonly seconds: number;
}

/** What the first point of the direction that is to end sent, and how long it took, be it kept or not. Points of a direction before are older than the last of those that were former by then. */
export async function firstMade(tx: EntityManager, groupId: string): Promise<Made | undefined> {
  const [first]: Made[] = await tx.query(
    `select (select coalesce(sum((disk->>'bytes')::float8), 0) from jsonb_array_elements(disks) disk) as bytes,
       extract(epoch from sealed_at - opened_at)::float8 as seconds
     from recovery_point where group_id = $1 and sealed_at is not null
       and opened_at > coalesce((select max(opened_at) from recovery_point where group_id = $1 and former), '-infinity')
     order by opened_at limit 1`,
    [groupId],
  );
  return first;
}
