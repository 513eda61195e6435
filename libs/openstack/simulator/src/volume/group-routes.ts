import type { Cloud } from '../cloud.ts';
import { accepted, get, ok, post, put, type Answer, type Call, type Route } from '../http/call.ts';
import { flagOf, requiredObject, requiredText, textOf, textsOf, type JsonObject } from '../http/fields.ts';
import { badRequest, notFound, Refusal } from '../http/refusal.ts';
import { microsTime, uuid } from '../state/identifiers.ts';
import { replicationAction } from './group-replication.ts';
import { typeNamed } from './type-lookup.ts';
import { deleteVolume } from './volume-delete.ts';
import { volumeList } from './volume-list.ts';
import { volumeUsage } from './volume-quota.ts';
import { volumeOf } from './volume-policy.ts';
import type { Volume, VolumeGroup } from './volume-state.ts';

const invalidGroup = (reason: string): Error => badRequest(`Invalid Group: ${reason}`);
export const membersOf = (cloud: Cloud, group: VolumeGroup): Volume[] =>
  cloud.volume.volumes.filter((volume) => volume.groupId === group.id);

const brief = (group: VolumeGroup): Record<string, unknown> => ({ id: group.id, name: group.name });

function view(cloud: Cloud, call: Call, group: VolumeGroup): Record<string, unknown> {
  const withVolumes = call.minor >= 25 && call.query.get('list_volume')?.toLowerCase() === 'true';
  return {
    ...brief(group),
    status: group.status,
    availability_zone: 'nova',
    created_at: microsTime(group.born),
    description: group.description,
    group_type: group.groupTypeId,
    volume_types: group.typeIds,
    ...(call.minor >= 14 && { group_snapshot_id: null, source_group_id: null }),
    ...(call.minor >= 38 && { replication_status: group.replication }),
    ...(call.minor >= 58 && { project_id: group.projectId }),
    ...(withVolumes && { volumes: membersOf(cloud, group).map(({ id }) => id) }),
  };
}

export function groupOf(cloud: Cloud, call: Call): VolumeGroup {
  if (call.minor < 13) throw notFound('The resource could not be found.');
  const group = cloud.volume.groups.get(call.params['id']);
  if (group === undefined || (!call.who.isAdmin && group.projectId !== call.who.projectId))
    throw notFound(`Group ${call.params['id']} could not be found.`);
  return group;
}

function create(cloud: Cloud, call: Call): VolumeGroup {
  const body = requiredObject(call.body, 'group');
  const { projectId } = call.who;
  const wanted = requiredText(body, 'group_type');
  const groupType = cloud.volume.groupTypes.find((one) => one.id === wanted || one.name === wanted);
  if (groupType === undefined) throw notFound(`Group type ${wanted} could not be found.`);
  const types = textsOf(body, 'volume_types') ?? [];
  if (types.length === 0) throw badRequest('volume_types must be provided to create group.');
  const typeIds = types.map((name) => typeNamed(cloud, call.who, name).id);
  const limit = cloud.volume.quotaOf(projectId).groups;
  if (limit >= 0 && volumeUsage(cloud, projectId).groups >= limit)
    throw new Refusal(413, `GroupLimitExceeded: Maximum number of groups allowed (${limit}) exceeded`);
  const group = cloud.volume.groups.add({
    id: uuid(),
    born: Date.now(),
    projectId,
    name: textOf(body, 'name') ?? null,
    description: textOf(body, 'description') ?? null,
    status: 'creating',
    groupTypeId: groupType.id,
    typeIds,
    replication: 'disabled',
  });
  cloud.jobs.later(() => void (group.status = 'available'));
  return group;
}

const idsIn = (body: JsonObject, key: string): string[] => (textOf(body, key) ?? '').split(',').filter(Boolean);

function joining(cloud: Cloud, call: Call, group: VolumeGroup, ids: readonly string[]): Volume[] {
  const volumes = ids.map((id) => volumeOf(cloud, call.who, id)).filter((volume) => volume.groupId !== group.id);
  for (const volume of volumes) {
    const cannot = `Cannot add volume ${volume.id} to group ${group.id} because`;
    if (volume.groupId !== null) throw invalidGroup(`${cannot} it is already in group ${volume.groupId}.`);
    if (!group.typeIds.includes(volume.typeId))
      throw invalidGroup(`${cannot} volume type ${volume.typeId} is not supported by the group.`);
    if (volume.status !== 'available' && volume.status !== 'in-use')
      throw invalidGroup(`${cannot} volume is in an invalid state: ${volume.status}.`);
  }
  return volumes;
}

function update(cloud: Cloud, call: Call): void {
  const group = groupOf(cloud, call);
  const body = requiredObject(call.body, 'group');
  const [name, description] = [textOf(body, 'name'), textOf(body, 'description')];
  if (group.status !== 'available')
    throw invalidGroup(`Group ${group.id} status must be available, but current status is: ${group.status}.`);
  const add = joining(cloud, call, group, idsIn(body, 'add_volumes'));
  const gone = idsIn(body, 'remove_volumes').map((id) => volumeOf(cloud, call.who, id));
  for (const volume of gone)
    if (volume.groupId !== group.id)
      throw invalidGroup(`Cannot remove volume ${volume.id} from group ${group.id} because it is not in the group.`);
  const news = (text: string | undefined, old: string | null): boolean => text !== undefined && text !== old;
  if (!news(name, group.name) && !news(description, group.description) && add.length === 0 && gone.length === 0)
    throw invalidGroup(
      `Cannot update group ${group.id} because no valid name, description, add_volumes, or remove_volumes were provided.`,
    );
  Object.assign(group, {
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description }),
  });
  if (add.length === 0 && gone.length === 0) return;
  group.status = 'updating';
  cloud.jobs.later(() => {
    for (const volume of add) volume.groupId = group.id;
    for (const volume of gone) volume.groupId = null;
    group.status = 'available';
  });
}

function action(cloud: Cloud, call: Call): Answer {
  const group = groupOf(cloud, call);
  const replication = replicationAction(cloud, call, group);
  if (replication) return replication;
  if (!('delete' in call.body)) throw badRequest('There is no such action. Verify the request URL and action name.');
  const withVolumes = flagOf(requiredObject(call.body, 'delete'), 'delete-volumes') ?? false;
  const members = membersOf(cloud, group);
  if (cloud.volume.groupSnapshots.some((one) => one.groupId === group.id))
    throw invalidGroup(`Group ${group.id} still has dependent group snapshots.`);
  if (members.length > 0 && !withVolumes)
    throw invalidGroup(`Group ${group.id} still contains volumes. The delete-volumes flag is required to delete it.`);
  if (!['available', 'error'].includes(group.status))
    throw invalidGroup(`Group status must be available or error, but current status is: ${group.status}`);
  group.status = 'deleting';
  cloud.jobs.later(() => {
    for (const volume of members) {
      volume.groupId = null;
      deleteVolume(cloud, volume);
    }
    cloud.volume.groups.delete(group.id);
  });
  return accepted();
}

/** Generic volume groups (3.13 on), as Cinder plays them for back ends without groups of their own. */
export const groupRoutes = (cloud: Cloud): Route[] => {
  const root = '/v3/{project}/groups';
  const list = (call: Call, shown: (group: VolumeGroup) => Record<string, unknown>): Answer =>
    ok(volumeList(cloud, call, 'groups', cloud.volume.groups, (one) => view(cloud, call, one), shown));
  return [
    get(root, (call) => list(call, brief)),
    get(`${root}/detail`, (call) => list(call, (one) => view(cloud, call, one))),
    post(root, (call) => {
      if (call.minor < 13) throw notFound('The resource could not be found.');
      return accepted({ group: brief(create(cloud, call)) });
    }),
    get(`${root}/{id}`, (call) => ok({ group: view(cloud, call, groupOf(cloud, call)) })),
    put(`${root}/{id}`, (call) => {
      update(cloud, call);
      return accepted();
    }),
    post(`${root}/{id}/action`, (call) => action(cloud, call)),
  ];
};
