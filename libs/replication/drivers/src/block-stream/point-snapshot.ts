import { external } from '@lifeboat/kernel';
import type { Cloud } from '@lifeboat/openstack-client';
import type { DriverIo, Mark } from '@lifeboat/replication-driver-api';
import { findSnapshots } from '../openstack/snapshots.ts';
import type { Snapshot } from '../openstack/snapshots.ts';
import { findVolumes, removeVolumes } from '../openstack/volumes.ts';

/** It was to go, but volumes made of its snapshots still stand. */
export const RETIRED = 'lifeboat_retired';
const ROOT = 'lifeboat_root';
const BYTES = 'lifeboat_bytes';
/** Whose key the root was made with: a short hash of it. */
const KEY = 'lifeboat_key';

export interface PointFacts {
  readonly root: string;
  readonly bytes: number;
  readonly keyId: string;
}

export const factsAsMetadata = ({ root, bytes, keyId }: PointFacts): Mark => ({
  [ROOT]: root,
  [BYTES]: String(bytes),
  [KEY]: keyId,
});

export function factsOf({ metadata }: Pick<Snapshot, 'metadata'>): PointFacts | undefined {
  const { [ROOT]: root, [BYTES]: bytes, [KEY]: keyId } = metadata;
  return root === undefined || keyId === undefined ? undefined : { root, bytes: Number(bytes ?? 0), keyId };
}

export async function makePointSnapshot(
  volumeId: string,
  pointId: string,
  facts: PointFacts,
  io: DriverIo,
): Promise<void> {
  const metadata = { ...io.mark('point'), ...factsAsMetadata(facts) };
  const snapshot = { volume_id: volumeId, name: `lifeboat ${pointId}`, metadata };
  await io.target.volume.post('/snapshots', { snapshot });
}

export async function giveUpSnapshot(cloud: Cloud, { id }: Snapshot): Promise<never> {
  await cloud.volume.delete(`/snapshots/${id}`);
  throw external('snapshot-broken', `Cinder of ${cloud.site} could not take a snapshot of a replica.`, {
    retry: 'yes',
    data: { snapshot: id },
  });
}

/** Whether volumes of this project were made of it. */
async function isNeeded(cloud: Cloud, snapshotId: string): Promise<boolean> {
  for await (const volume of cloud.volume.list<{ snapshot_id: string | null }>('/volumes/detail', 'volumes'))
    if (volume.snapshot_id === snapshotId) return true;
  return false;
}

/** Deletes snapshots, and marks those as retired of which volumes still stand: Ceph keeps them. `true` when all are gone or retired. */
export async function removeOrRetire(cloud: Cloud, snapshots: readonly Snapshot[]): Promise<boolean> {
  let settled = true;
  for (const { id, status, metadata } of snapshots) {
    if (await isNeeded(cloud, id)) {
      if (metadata[RETIRED] === undefined)
        await cloud.volume.post(`/snapshots/${id}/metadata`, { metadata: { [RETIRED]: 'yes' } });
      continue;
    }
    settled = false;
    if (status === 'available' || status.startsWith('error')) await cloud.volume.delete(`/snapshots/${id}`);
  }
  return settled;
}

/** Removes what was retired and is needed no more; the replica too, when it was. `true` when nothing of that is left to do. */
export async function sweepRetired(io: DriverIo): Promise<boolean> {
  for (const volume of await findVolumes(io.target, io.markOfDisk('replica'))) {
    const snapshots = await findSnapshots(io.target, volume.id, {});
    const retired = snapshots.filter(({ metadata }) => metadata[RETIRED] !== undefined);
    if (!(await removeOrRetire(io.target, retired))) return false;
    if (volume.metadata[RETIRED] === undefined || snapshots.length > 0) continue;
    await removeVolumes(io.target, [volume]);
    return false;
  }
  return true;
}

/** No point of the disk is left: the volume that stands for it goes, now or with the last copy of it. */
export async function retireReplica(io: DriverIo): Promise<void> {
  for (const { id, metadata } of await findVolumes(io.target, io.markOfDisk('replica')))
    if (metadata[RETIRED] === undefined)
      await io.target.volume.post(`/volumes/${id}/metadata`, { metadata: { [RETIRED]: 'yes' } });
}
