/** Answers of `rbd --format json` of Ceph 16.2.15, as they came from test/clouds; for tests. */

const user = (id: number, name: string) => ({
  id,
  name,
  size: 268435456,
  protected: 'true',
  timestamp: 'Sun Nov 29 20:55:32 2026',
  namespace: { type: 'user' },
});

const primary = (id: number) => ({
  id,
  name: `.mirror.primary.a97df57d-503a-4d59-a722-6ce38744b9d7.bb919a9f-4a41-45e7-bdc6-96d29436d48${id}`,
  size: 268435456,
  protected: 'false',
  timestamp: 'Sun Nov 29 20:55:36 2026',
  namespace: {
    type: 'mirror',
    state: 'primary',
    mirror_peer_uuids: ['c75ed7fc-4515-4b53-98a8-350ba987a17d'],
    complete: true,
  },
});

const nonPrimary = (id: number, of: number, complete: boolean) => ({
  id,
  name: `.mirror.non_primary.a97df57d-503a-4d59-a722-6ce38744b9d7.27119ad2-c10f-4f59-9409-985e2ad4351${id}`,
  size: 268435456,
  protected: 'false',
  timestamp: 'Sun Nov 29 20:55:42 2026',
  namespace: {
    type: 'mirror',
    state: 'non-primary',
    mirror_peer_uuids: [],
    complete,
    primary_mirror_uuid: '14aefa09-1854-4d02-bb6a-2ab9dc4110f6',
    primary_snap_id: of,
    last_copied_object_number: complete ? 64 : 1,
  },
});

const trashed = {
  id: 4,
  name: '7e62629b-c05c-4789-a94b-e55015484c40',
  size: 268435456,
  protected: 'false',
  timestamp: 'Sun Nov 29 20:55:41 2026',
  namespace: { type: 'trash', original_name: 'snapshot-1' },
};

export const atSource = [user(4, 'snapshot-1'), primary(5), user(6, 'snapshot-2'), primary(7)];
export const asSyncing = [
  user(4, 'snapshot-1'),
  nonPrimary(5, 5, true),
  user(6, 'snapshot-2'),
  nonPrimary(7, 7, false),
];
export const asSynced = [user(4, 'snapshot-1'), user(6, 'snapshot-2'), nonPrimary(7, 7, true)];
/** `snapshot-1` was removed at the source, and a clone reads from it. */
export const asCloned = [trashed, user(6, 'snapshot-2'), nonPrimary(9, 9, true)];

const image = (name: string) => ({
  name,
  id: '1087745b81bb',
  size: 268435456,
  objects: 64,
  order: 22,
  object_size: 4194304,
  snapshot_count: 2,
  format: 2,
  features: ['layering', 'exclusive-lock', 'object-map', 'fast-diff', 'deep-flatten', 'non-primary'],
  op_features: [],
  flags: [],
});

export const INFO_OF_REPLICA = {
  ...image('hand-a'),
  mirroring: {
    mode: 'snapshot',
    state: 'enabled',
    global_id: 'a97df57d-503a-4d59-a722-6ce38744b9d7',
    primary: false,
  },
};
export const INFO_OF_CLONE = {
  ...image('hand-c3'),
  op_features: ['clone-child'],
  parent: {
    pool: 'volumes',
    pool_namespace: '',
    image: 'hand-a',
    id: '1087745b81bb',
    snapshot: '61067e48-a5be-4bbb-b70b-ae043ee3d133',
    trash: true,
    overlap: 268435456,
  },
};

const status = (state: string, description: string) => ({
  name: 'hand-a',
  global_id: 'a97df57d-503a-4d59-a722-6ce38744b9d7',
  state,
  description,
  last_update: '2026-11-29 20:55:42',
});

export const STATUS = {
  unreported: status('down+unknown', 'status not found'),
  failed: status('up+error', 'failed to apply remote image state'),
  primary: status('up+stopped', 'local image is primary'),
  syncing: status(
    'up+replaying',
    'replaying, {"bytes_per_second":0.0,"bytes_per_snapshot":0.0,"last_snapshot_bytes":0,"last_snapshot_sync_seconds":0,"remote_snapshot_timestamp":1795985736,"replay_state":"syncing","syncing_percent":0,"syncing_snapshot_timestamp":1795985736}',
  ),
  idle: status(
    'up+replaying',
    'replaying, {"bytes_per_second":273066.67,"bytes_per_snapshot":8192000.0,"last_snapshot_bytes":8192000,"last_snapshot_sync_seconds":1,"local_snapshot_timestamp":1795985736,"remote_snapshot_timestamp":1795985736,"replay_state":"idle"}',
  ),
};
