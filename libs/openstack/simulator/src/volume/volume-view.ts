import type { Cloud } from '../cloud.ts';
import type { Call } from '../http/call.ts';
import { microsTime } from '../state/identifiers.ts';
import { replicationStatusOf } from './group-replication.ts';
import type { Attachment, Volume } from './volume-state.ts';

export const volumeLinks = (call: Call, kind: string, id: string): unknown => [
  { rel: 'self', href: `${call.origin}/volume/v3/${call.params['project']}/${kind}/${id}` },
  { rel: 'bookmark', href: `${call.origin}/volume/${call.params['project']}/${kind}/${id}` },
];

const attachmentView = (cloud: Cloud, call: Call, volume: Volume, one: Attachment): unknown => ({
  id: volume.id,
  attachment_id: one.id,
  volume_id: volume.id,
  server_id: one.serverId,
  host_name: call.who.isAdmin ? `${cloud.settings.name}-compute` : null,
  device: one.device,
  attached_at: microsTime(one.at),
});

export const volumeSummary = (call: Call, volume: Volume): Record<string, unknown> => ({
  id: volume.id,
  name: volume.name,
  links: volumeLinks(call, 'volumes', volume.id),
});

function adminView(cloud: Cloud, call: Call): Record<string, unknown> {
  return {
    migration_status: null,
    'os-vol-mig-status-attr:migstat': null,
    'os-vol-mig-status-attr:name_id': null,
    'os-vol-host-attr:host': `${cloud.settings.name}-control@rbd#rbd`,
    ...(call.minor >= 21 && { provider_id: null }),
    ...(call.minor >= 61 && { cluster_name: null }),
  };
}

export const volumeView = (cloud: Cloud, call: Call, volume: Volume): Record<string, unknown> => ({
  id: volume.id,
  status: volume.status,
  size: volume.size,
  availability_zone: volume.zone,
  created_at: microsTime(volume.born),
  updated_at: microsTime(volume.updated),
  name: volume.name,
  description: volume.description,
  volume_type: cloud.volume.types.get(volume.typeId)?.name ?? null,
  snapshot_id: volume.snapshotId,
  source_volid: volume.sourceVolumeId,
  metadata: volume.metadata,
  links: volumeLinks(call, 'volumes', volume.id),
  user_id: volume.userId,
  bootable: String(volume.bootable),
  encrypted: false,
  replication_status: replicationStatusOf(cloud, volume),
  consistencygroup_id: null,
  multiattach: volume.multiattach,
  attachments: volume.attachments
    .filter((one) => one.status === 'attached')
    .map((one) => attachmentView(cloud, call, volume, one)),
  ...(call.minor >= 13 && { group_id: volume.groupId }),
  ...(call.minor >= 48 && { shared_targets: false, service_uuid: '2ecd1841-2448-4129-bb88-1d8c6c15ad78' }),
  ...(call.minor >= 63 && { volume_type_id: volume.typeId }),
  ...(call.minor >= 65 && { consumes_quota: true }),
  'os-vol-tenant-attr:tenant_id': volume.projectId,
  ...(volume.imageMetadata && { volume_image_metadata: volume.imageMetadata }),
  ...(call.who.isAdmin && adminView(cloud, call)),
});

/** Create and update answer without what extensions add to shows. */
export const withoutExtras = ({
  'os-vol-tenant-attr:tenant_id': _,
  volume_image_metadata: __,
  ...view
}: Record<string, unknown>): Record<string, unknown> => view;

/** As the create call answers: nothing is known yet of where it will be. */
export const volumeAsMade = (cloud: Cloud, call: Call, volume: Volume): Record<string, unknown> => ({
  ...withoutExtras(volumeView(cloud, call, volume)),
  updated_at: null,
  ...(call.minor >= 48 && { service_uuid: null }),
});
