import type { Cloud } from '../cloud.ts';
import { accepted, get, ok, post, put, remove, type Answer, type Call, type Route } from '../http/call.ts';
import { flagOf, objectOf, requiredObject, requiredText, textMapOf, textOf } from '../http/fields.ts';
import { badRequest } from '../http/refusal.ts';
import { microsTime, uuid } from '../state/identifiers.ts';
import { metadataRoutes } from './metadata-routes.ts';
import { dropSnapshot } from './volume-delete.ts';
import { volumeList } from './volume-list.ts';
import { invalidSnapshot, invalidVolume, needAdmin, snapshotOf, volumeOf } from './volume-policy.ts';
import { reserve } from './volume-quota.ts';
import type { Snapshot, Volume } from './volume-state.ts';

const brief = (one: Snapshot): Record<string, unknown> => ({
  id: one.id,
  created_at: microsTime(one.born),
  updated_at: microsTime(one.updated),
  name: one.name,
  description: one.description,
  volume_id: one.volumeId,
  status: one.status,
  size: one.size,
  metadata: one.metadata,
});

const full = (call: Call, one: Snapshot): Record<string, unknown> => ({
  ...brief(one),
  'os-extended-snapshot-attributes:project_id': one.projectId,
  'os-extended-snapshot-attributes:progress': one.status === 'creating' ? '0%' : '100%',
  ...later(call, one),
});

/** Fields that came with later microversions; not in brief lists. */
const later = (call: Call, one: Snapshot): Record<string, unknown> => ({
  ...(call.minor >= 14 && { group_snapshot_id: one.groupSnapshotId }),
  ...(call.minor >= 41 && { user_id: one.userId }),
  ...(call.minor >= 65 && { consumes_quota: true }),
});

/** Registers a snapshot; whoever calls copies the bytes. */
export function registerSnapshot(
  cloud: Cloud,
  volume: Volume,
  who: Pick<Call['who'], 'projectId' | 'userId'>,
  more: Partial<Snapshot>,
): Snapshot {
  reserve(cloud, who.projectId, 'snapshots', volume.size);
  const now = Date.now();
  return cloud.volume.snapshots.add({
    id: uuid(),
    born: now,
    updated: now,
    projectId: who.projectId,
    userId: who.userId,
    volumeId: volume.id,
    name: null,
    description: null,
    status: 'creating',
    size: volume.size,
    typeId: volume.typeId,
    metadata: {},
    imageMetadata: volume.imageMetadata && { ...volume.imageMetadata },
    groupSnapshotId: null,
    ...more,
  });
}

/** Copies the volume's bytes of the moment the copy begins. `at` names the moment for the evidence. */
export async function fillSnapshot(cloud: Cloud, snapshot: Snapshot, at: number): Promise<void> {
  const disk = cloud.disks.get('volume', snapshot.volumeId);
  if (disk !== undefined) {
    const copy = await cloud.disks.copy(disk, 'snapshot', snapshot.id, disk.size);
    await cloud.disks.testify(copy, 'volume', snapshot.volumeId, at);
  }
  Object.assign(snapshot, { status: disk === undefined ? 'error' : 'available', updated: Date.now() });
}

/** A snapshot that is filled a little later. */
export function createSnapshot(
  cloud: Cloud,
  volume: Volume,
  who: Pick<Call['who'], 'projectId' | 'userId'>,
  more: Partial<Snapshot>,
): Snapshot {
  const snapshot = registerSnapshot(cloud, volume, who, more);
  cloud.jobs.later(() => fillSnapshot(cloud, snapshot, snapshot.born));
  return snapshot;
}

const asMade = (call: Call, one: Snapshot): Record<string, unknown> => ({
  ...brief(one),
  ...later(call, one),
  updated_at: null,
});

function requested(cloud: Cloud, call: Call): Snapshot {
  const body = requiredObject(call.body, 'snapshot');
  const volume = volumeOf(cloud, call.who, requiredText(body, 'volume_id'));
  // From 3.66 on a volume in use needs no force, and force=false is refused.
  const force = flagOf(body, 'force') ?? false;
  if (call.minor >= 66 && 'force' in body && !force)
    throw badRequest(
      "Since microversion 3.66 the 'force' flag is invalid for this request. For backward compatability, however, when the 'force' flag is passed with a value evaluating to True, it is silently ignored.",
    );
  const allowed = force || call.minor >= 66 ? ['available', 'in-use'] : ['available'];
  if (!allowed.includes(volume.status)) {
    throw invalidVolume(
      `Volume ${volume.id} status must be ${allowed.join(', ')}, but current status is: ${volume.status}.`,
    );
  }
  return createSnapshot(cloud, volume, call.who, {
    name: textOf(body, 'name') ?? textOf(body, 'display_name') ?? null,
    description: textOf(body, 'description') ?? null,
    metadata: textMapOf(body, 'metadata'),
  });
}

function deleteSnapshot(cloud: Cloud, snapshot: Snapshot, force: boolean): void {
  const free = force || snapshot.status === 'available' || snapshot.status === 'error';
  if (!free || snapshot.groupSnapshotId !== null) {
    throw invalidSnapshot('Snapshot status must be available or error and must not be part of a group.');
  }
  snapshot.status = 'deleting';
  cloud.jobs.later(async () => {
    // A Ceph snapshot with clones is busy: Cinder quietly puts it back.
    if (cloud.volume.volumes.some((volume) => volume.snapshotId === snapshot.id)) snapshot.status = 'available';
    else await dropSnapshot(cloud, snapshot);
  });
}

function action(cloud: Cloud, call: Call): Answer {
  const snapshot = snapshotOf(cloud, call.who, call.params['id']);
  if ('os-reset_status' in call.body) {
    needAdmin(call, 'volume_extension:snapshot_admin_actions:reset_status');
    snapshot.status = requiredText(objectOf(call.body, 'os-reset_status'), 'status');
  } else if ('os-force_delete' in call.body) {
    needAdmin(call, 'volume_extension:snapshot_admin_actions:force_delete');
    deleteSnapshot(cloud, snapshot, true);
  } else {
    throw badRequest('There is no such action. Verify the request URL and action name.');
  }
  return accepted();
}

export const snapshotRoutes = (cloud: Cloud): Route[] => {
  const root = '/v3/{project}/snapshots';
  return [
    get(root, (call) =>
      ok(volumeList(cloud, call, 'snapshots', cloud.volume.snapshots, (one) => full(call, one), brief)),
    ),
    get(`${root}/detail`, (call) =>
      ok(volumeList(cloud, call, 'snapshots', cloud.volume.snapshots, (one) => full(call, one))),
    ),
    post(root, (call) => accepted({ snapshot: asMade(call, requested(cloud, call)) })),
    get(`${root}/{id}`, (call) => ok({ snapshot: full(call, snapshotOf(cloud, call.who, call.params['id'])) })),
    put(`${root}/{id}`, (call) => {
      const snapshot = snapshotOf(cloud, call.who, call.params['id']);
      const body = objectOf(call.body, 'snapshot');
      if ('name' in body) snapshot.name = textOf(body, 'name') ?? null;
      if ('description' in body) snapshot.description = textOf(body, 'description') ?? null;
      snapshot.updated = Date.now();
      return ok({ snapshot: { ...brief(snapshot), ...later(call, snapshot) } });
    }),
    remove(`${root}/{id}`, (call) => {
      deleteSnapshot(cloud, snapshotOf(cloud, call.who, call.params['id']), false);
      return accepted();
    }),
    post(`${root}/{id}/action`, (call) => action(cloud, call)),
    ...metadataRoutes(
      `${root}/{id}/metadata`,
      (call) => snapshotOf(cloud, call.who, call.params['id']),
      (id, key) => `Snapshot ${id} has no metadata with key ${key}.`,
    ),
  ];
};
