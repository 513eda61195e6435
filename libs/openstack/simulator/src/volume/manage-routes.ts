import type { Cloud } from '../cloud.ts';
import { accepted, post, type Call, type Route } from '../http/call.ts';
import { flagOf, requiredObject, requiredText, textMapOf, textOf } from '../http/fields.ts';
import { badRequest } from '../http/refusal.ts';
import { makeVolumeOf } from './volume-create.ts';
import { needAdmin } from './volume-policy.ts';
import type { Volume } from './volume-state.ts';
import { volumeAsMade } from './volume-view.ts';

/** What the storage has and Cinder did not make is put there by `PUT /simulator/unmanaged/{name}`. */
function manage(cloud: Cloud, call: Call): Volume {
  needAdmin(call, 'volume_extension:volume_manage');
  const body = requiredObject(call.body, 'volume');
  const host = requiredText(body, 'host');
  if (host !== `${cloud.settings.name}-control@rbd#rbd`)
    throw badRequest(`Service cinder-volume on host ${host} could not be found.`);
  const name = requiredText(requiredObject(body, 'ref'), 'source-name');
  const size = cloud.volume.unmanaged.get(name);
  const volume = makeVolumeOf(cloud, call.who, { ...body, size: size ?? 1 });
  Object.assign(volume, {
    status: 'managing',
    name: textOf(body, 'name') ?? null,
    metadata: textMapOf(body, 'metadata'),
    bootable: flagOf(body, 'bootable') ?? false,
  });
  cloud.jobs.later(async () => {
    const bytes = volume.size * cloud.settings.gibBytes;
    if (cloud.volume.unmanaged.delete(name)) await cloud.disks.make('volume', volume.id, bytes);
    volume.status = size === undefined ? 'error_managing' : 'available';
  });
  return volume;
}

export const manageRoutes = (cloud: Cloud): Route[] => [
  post('/v3/{project}/os-volume-manage', (call) =>
    accepted({ volume: volumeAsMade(cloud, call, manage(cloud, call)) }),
  ),
];
