import { illegalState, notFound } from '@lifeboat/kernel';
import type { Cloud } from '@lifeboat/openstack-client';
import type { Disk } from '@lifeboat/replication-driver-api';
import { found } from '../openstack/remembered.ts';

export interface ReplicatedVolume {
  readonly id: string;
  readonly replication_status: string | null;
  readonly group_id?: string | null;
}

/** Throws `not-found` `disk-gone`; `illegal-state` `volume-not-replicated` unless the back end replicates it now. */
export async function readReplicated(disk: Disk, cloud: Cloud): Promise<ReplicatedVolume> {
  const read = await found(cloud.volume.get<{ volume: ReplicatedVolume }>(`/volumes/${disk.id}`));
  if (!read)
    throw notFound('disk-gone', `Volume "${disk.name}" (${disk.id}) is not at ${cloud.site} any more.`, {
      mend: 'Take a new point: it captures what is there now.',
    });
  const { volume } = read;
  if (volume.replication_status !== 'enabled')
    throw illegalState(
      'volume-not-replicated',
      `Volume "${disk.name}" (${disk.id}) of ${cloud.site} is not replicated: its replication status is "${volume.replication_status ?? 'none'}".`,
      { mend: 'Retype it to a type with replication_enabled, or look what the back end says (openstack volume show).' },
    );
  return volume;
}
