import { GroupChanged, GroupRemoved } from '@lifeboat/contracts';
import type { Envelope } from '@lifeboat/contracts';
import type { EntityManager } from 'typeorm';

/** How much a group may send is its policy's to say. Events may come in any order: the newest counts. */
export async function heedGroups({ type, time, data }: Envelope, tx: EntityManager): Promise<void> {
  if (type === GroupRemoved.subject) {
    const { groupId } = GroupRemoved.data.parse(data);
    await tx.query(`delete from group_bandwidth where group_id = $1`, [groupId]);
    await tx.query(`delete from distrusted_disk where group_id = $1`, [groupId]);
  }
  if (type !== GroupChanged.subject) return;
  const { groupId, bandwidth = [] } = GroupChanged.data.parse(data);
  await tx.query(
    `insert into group_bandwidth (group_id, bandwidth, told_at) values ($1, $2, $3)
     on conflict (group_id) do update set bandwidth = excluded.bandwidth, told_at = excluded.told_at where group_bandwidth.told_at <= excluded.told_at`,
    [groupId, JSON.stringify(bandwidth), new Date(Date.parse(time))],
  );
}
