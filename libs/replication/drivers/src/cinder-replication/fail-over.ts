import type { Json } from '@lifeboat/kernel';
import { illegalState } from '@lifeboat/kernel';
import type { Cloud } from '@lifeboat/openstack-client';
import { done, inProgress } from '@lifeboat/replication-driver-api';
import type { Copy, DriverIo, Outcome, PointOfDisk, Promoted } from '@lifeboat/replication-driver-api';
import { findVolumes, giveUpBroken } from '../openstack/volumes.ts';
import { adopt } from './adopt.ts';
import { sourceNameOf } from './settings.ts';
import type { ReplicatedType } from './settings.ts';
import type { ReplicatedVolume } from './replicated-volume.ts';

const AGAIN_MS = 2_000;
const GROUP_REPLICATION = '3.38';

interface Group {
  readonly id: string;
  readonly replication_status: string;
}

export const WHY_PLANNED =
  "a fail-over is asked of the primary's own Cinder, and moves a whole group of volumes; with the primary lost there is nobody to ask, where the storage at the recovery site cannot be asked itself";

/** One step: the group that the volume is in is failed over by the primary's Cinder, then what stands at the target is adopted there. */
export async function failOver(
  point: PointOfDisk,
  type: ReplicatedType,
  copy: Copy,
  io: DriverIo,
): Promise<Outcome<Promoted>> {
  const [volume] = await findVolumes(io.target, io.mark('promoted'));
  if (volume?.status.startsWith('error'))
    return giveUpBroken(io.target, volume, `Volume "${point.disk.name}" cannot be adopted`);
  if (volume) return volume.status === 'managing' ? inProgress(null, AGAIN_MS) : done({ forced: false });
  const group = await groupOf(point, io.source);
  if (group.replication_status === 'enabled') await failOverGroup(group, type, io.source);
  if (group.replication_status !== 'failed-over') return inProgress(null, AGAIN_MS);
  const adopted = { copy, sourceName: sourceNameOf(type, point.disk), mark: io.mark('promoted') };
  await adopt(point, type, adopted, io);
  return inProgress(null, AGAIN_MS);
}

async function groupOf({ disk }: PointOfDisk, cloud: Cloud): Promise<Group> {
  const { volume } = await cloud.volume.get<{ volume: ReplicatedVolume }>(`/volumes/${disk.id}`);
  if (!volume.group_id)
    throw illegalState(
      'volume-in-no-group',
      `Volume "${disk.name}" (${disk.id}) of ${cloud.site} is in no volume group, and alone it cannot be failed over.`,
      {
        mend: 'Put it into a group whose type has group_replication_enabled, or fail the whole back end over by hand (cinder failover-host), which takes along every volume on it.',
      },
    );
  const { group } = await cloud.volume.get<{ group: Group }>(`/groups/${volume.group_id}`);
  if (/error|disabled/.test(group.replication_status))
    throw illegalState(
      'group-not-replicated',
      `Replication of group ${group.id} of ${cloud.site} is "${group.replication_status}".`,
      {
        mend: `Enable it there (openstack volume group set --enable-replication ${group.id}).`,
      },
    );
  return group;
}

async function failOverGroup({ id }: Group, { backendId }: ReplicatedType, cloud: Cloud): Promise<void> {
  const act = (action: string, body: Json) =>
    cloud.volume.post<unknown>(`/groups/${id}/action`, { [action]: body }, { microversion: GROUP_REPLICATION });
  const target = backendId ?? (await firstTarget(act));
  await act('failover_replication', { allow_attached_volume: true, secondary_backend_id: target });
}

async function firstTarget(act: (action: string, body: Json) => Promise<unknown>): Promise<string> {
  const { replication_targets: targets = [] } = (await act('list_replication_targets', {})) as {
    readonly replication_targets?: readonly { readonly backend_id: string }[];
  };
  const [first] = targets;
  if (first) return first.backend_id;
  throw illegalState('no-replication-target', 'The group of volumes has no replication target.', {
    mend: 'Set replication_device at the back end, or name the backendId in the settings.',
  });
}
