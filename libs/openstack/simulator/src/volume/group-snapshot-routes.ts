import type { Cloud } from '../cloud.ts';
import { accepted, get, ok, post, remove, type Answer, type Call, type Route } from '../http/call.ts';
import { requiredObject, requiredText, textOf } from '../http/fields.ts';
import { badRequest, notFound } from '../http/refusal.ts';
import { microsTime, uuid } from '../state/identifiers.ts';
import { groupOf, membersOf } from './group-routes.ts';
import { fillSnapshot, registerSnapshot } from './snapshot-routes.ts';
import { dropSnapshot } from './volume-delete.ts';
import { volumeList } from './volume-list.ts';
import type { GroupSnapshot, Snapshot } from './volume-state.ts';

const brief = (one: GroupSnapshot): Record<string, unknown> => ({
  id: one.id,
  name: one.name,
  group_type_id: one.groupTypeId,
});

const full = (call: Call, one: GroupSnapshot): Record<string, unknown> => ({
  ...brief(one),
  group_id: one.groupId,
  status: one.status,
  created_at: microsTime(one.born),
  description: one.description,
  ...(call.minor >= 58 && { project_id: one.projectId }),
});

const membersIn = (cloud: Cloud, id: string): Snapshot[] =>
  cloud.volume.snapshots.filter((one) => one.groupSnapshotId === id);

function groupSnapshotOf(cloud: Cloud, call: Call): GroupSnapshot {
  if (call.minor < 14) throw notFound('The resource could not be found.');
  const one = cloud.volume.groupSnapshots.get(call.params['id']);
  if (one === undefined || (!call.who.isAdmin && one.projectId !== call.who.projectId))
    throw notFound(`GroupSnapshot ${call.params['id']} could not be found.`);
  return one;
}

/** Everything of the group is snapshotted, under the group snapshot's own name and description. */
function create(cloud: Cloud, call: Call): GroupSnapshot {
  if (call.minor < 14) throw notFound('The resource could not be found.');
  const body = requiredObject(call.body, 'group_snapshot');
  const group = groupOf(cloud, { ...call, params: { ...call.params, id: requiredText(body, 'group_id') } });
  const volumes = membersOf(cloud, group);
  if (volumes.length === 0) throw badRequest(`Invalid Group: Group ${group.id} has no volumes.`);
  const [name, description] = [textOf(body, 'name') ?? null, textOf(body, 'description') ?? null];
  const one = cloud.volume.groupSnapshots.add({
    id: uuid(),
    born: Date.now(),
    projectId: call.who.projectId,
    groupId: group.id,
    groupTypeId: group.groupTypeId,
    name,
    description,
    status: 'creating',
  });
  const more = { name, description, groupSnapshotId: one.id };
  const members: Snapshot[] = [];
  try {
    for (const volume of volumes) members.push(registerSnapshot(cloud, volume, call.who, more));
  } catch (thrown) {
    for (const member of members) cloud.volume.snapshots.delete(member.id);
    cloud.volume.groupSnapshots.delete(one.id);
    throw thrown;
  }
  cloud.jobs.later(() => fill(cloud, one, members));
  return one;
}

/** In one instant where the group's type promises it, else one after the other, as back ends without groups do. */
async function fill(cloud: Cloud, one: GroupSnapshot, members: readonly Snapshot[]): Promise<void> {
  const type = cloud.volume.groupTypes.get(one.groupTypeId);
  const consistent = type?.specs['consistent_group_snapshot_enabled'] === '<is> True';
  if (consistent) await inOneInstant(cloud, one, members);
  else for (const member of members) await fillSnapshot(cloud, member, Date.now());
  one.status = members.every(({ status }) => status === 'available') ? 'available' : 'error';
}

async function inOneInstant(cloud: Cloud, one: GroupSnapshot, members: readonly Snapshot[]): Promise<void> {
  const copies: Promise<void>[] = [];
  // The turns of all disks are asked for in one go: what is written later waits behind every one of these copies.
  for (const member of members) {
    const disk = cloud.disks.get('volume', member.volumeId);
    const target = disk && (await cloud.disks.make('snapshot', member.id, disk.size));
    if (!target) member.status = 'error';
  }
  for (const member of members) {
    const [disk, target] = [cloud.disks.get('volume', member.volumeId), cloud.disks.get('snapshot', member.id)];
    if (disk && target) copies.push(disk.copyInto(target));
  }
  await Promise.all(copies);
  for (const member of members) {
    await cloud.disks.testify(cloud.disks.get('snapshot', member.id), 'volume', member.volumeId, one.born);
    if (member.status === 'creating') Object.assign(member, { status: 'available', updated: Date.now() });
  }
}

function drop(cloud: Cloud, call: Call): Answer {
  const one = groupSnapshotOf(cloud, call);
  if (one.status !== 'available' && one.status !== 'error')
    throw badRequest(
      'Invalid GroupSnapshot: GroupSnapshot status must be available or error, and no Group can be currently using it as source for its creation.',
    );
  one.status = 'deleting';
  const members = membersIn(cloud, one.id);
  for (const member of members) member.status = 'deleting';
  cloud.jobs.later(async () => {
    for (const member of members) await dropSnapshot(cloud, member);
    cloud.volume.groupSnapshots.delete(one.id);
  });
  return accepted();
}

/** Snapshots of generic volume groups (3.14 on). */
export const groupSnapshotRoutes = (cloud: Cloud): Route[] => {
  const root = '/v3/{project}/group_snapshots';
  const list = (call: Call, shown: (one: GroupSnapshot) => Record<string, unknown>): Answer =>
    ok(volumeList(cloud, call, 'group_snapshots', cloud.volume.groupSnapshots, (one) => full(call, one), shown));
  return [
    get(root, (call) => list(call, brief)),
    get(`${root}/detail`, (call) => list(call, (one) => full(call, one))),
    post(root, (call) => accepted({ group_snapshot: brief(create(cloud, call)) })),
    get(`${root}/{id}`, (call) => ok({ group_snapshot: full(call, groupSnapshotOf(cloud, call)) })),
    remove(`${root}/{id}`, (call) => drop(cloud, call)),
  ];
};
