import type { Cloud } from '../cloud.ts';
import { accepted, ok, type Answer, type Call } from '../http/call.ts';
import { requiredObject, textOf } from '../http/fields.ts';
import { badRequest } from '../http/refusal.ts';
import { needAdmin } from './volume-policy.ts';
import type { Volume, VolumeGroup } from './volume-state.ts';

const TARGET = 'recovery';
const VERBS = ['enable_replication', 'disable_replication', 'failover_replication', 'list_replication_targets'];

const isReplicated = (cloud: Cloud, typeId: string): boolean =>
  cloud.volume.types.get(typeId)?.extraSpecs['replication_enabled'] === '<is> True';

/** As Cinder shows it: of types without the extra spec nothing is known. */
export function replicationStatusOf(cloud: Cloud, volume: Volume): string | null {
  if (!isReplicated(cloud, volume.typeId)) return null;
  const group = volume.groupId === null ? undefined : cloud.volume.groups.get(volume.groupId);
  return group?.replication === 'failed-over' ? 'failed-over' : 'enabled';
}

/** Group replication (3.38 on), for groups whose type and whose volumes' types have it. `undefined` for other actions. */
export function replicationAction(cloud: Cloud, call: Call, group: VolumeGroup): Answer | undefined {
  const verb = VERBS.find((one) => one in call.body);
  if (verb === undefined || call.minor < 38) return undefined;
  needAdmin(call, `group:${verb}`);
  const specs = cloud.volume.groupTypes.get(group.groupTypeId)?.specs ?? {};
  if (specs['group_replication_enabled'] !== '<is> True' || !group.typeIds.every((id) => isReplicated(cloud, id)))
    throw badRequest(`Group ${group.id} is not a replication group.`);
  if (verb === 'list_replication_targets') return ok({ replication_targets: [{ backend_id: TARGET }] });
  const next = nextStatus(call, group, verb);
  cloud.jobs.later(() => void (group.replication = next));
  return accepted();
}

function nextStatus(call: Call, group: VolumeGroup, verb: string): VolumeGroup['replication'] {
  const from = verb === 'enable_replication' ? 'disabled' : 'enabled';
  if (group.replication !== from && verb !== 'failover_replication')
    throw badRequest(`Invalid ReplicationGroup: group ${group.id} is ${group.replication}.`);
  if (verb !== 'failover_replication') return verb === 'enable_replication' ? 'enabled' : 'disabled';
  const target = textOf(requiredObject(call.body, verb), 'secondary_backend_id') ?? TARGET;
  if (![TARGET, 'default'].includes(target)) throw badRequest(`Invalid replication target: ${target}.`);
  return target === TARGET ? 'failed-over' : 'enabled';
}
