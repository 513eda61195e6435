import type { Cloud } from '../cloud.ts';
import { accepted, get, ok, post, put, remove, type Call, type Route } from '../http/call.ts';
import { objectOf, textMapOf, textOf } from '../http/fields.ts';
import { volumeAction } from './volume-actions.ts';
import { createVolume, requestedVolume } from './volume-create.ts';
import { deleteVolume } from './volume-delete.ts';
import { volumeList } from './volume-list.ts';
import { metadataRoutes } from './metadata-routes.ts';
import { needAdmin, volumeOf } from './volume-policy.ts';
import type { Volume } from './volume-state.ts';
import { volumeAsMade, volumeSummary, volumeView, withoutExtras } from './volume-view.ts';

function update(cloud: Cloud, call: Call): Volume {
  const volume = volumeOf(cloud, call.who, call.params['id']);
  const body = objectOf(call.body, 'volume');
  if ('name' in body || 'display_name' in body)
    volume.name = textOf(body, 'name') ?? textOf(body, 'display_name') ?? null;
  if ('description' in body || 'display_description' in body)
    volume.description = textOf(body, 'description') ?? textOf(body, 'display_description') ?? null;
  if ('metadata' in body) volume.metadata = textMapOf(body, 'metadata');
  volume.updated = Date.now();
  return volume;
}

export const volumeRoutes = (cloud: Cloud): Route[] => {
  const root = '/v3/{project}/volumes';
  const view = (call: Call, volume: Volume): unknown => ({ volume: volumeView(cloud, call, volume) });
  return [
    get(root, (call) =>
      ok(
        volumeList(
          cloud,
          call,
          'volumes',
          cloud.volume.volumes,
          (one) => volumeView(cloud, call, one),
          (one) => volumeSummary(call, one),
        ),
      ),
    ),
    get(`${root}/detail`, (call) =>
      ok(volumeList(cloud, call, 'volumes', cloud.volume.volumes, (one) => volumeView(cloud, call, one))),
    ),
    get(`${root}/summary`, (call) => {
      const mine = cloud.volume.volumes.filter((one) => one.projectId === call.who.projectId);
      return ok({
        'volume-summary': {
          total_count: mine.length,
          total_size: mine.reduce((sum, one) => sum + one.size, 0),
          ...(call.minor >= 36 && { metadata: {} }),
        },
      });
    }),
    post(root, (call) =>
      accepted({ volume: volumeAsMade(cloud, call, createVolume(cloud, call.who, requestedVolume(call.body))) }),
    ),
    get(`${root}/{id}`, (call) => ok(view(call, volumeOf(cloud, call.who, call.params['id'])))),
    put(`${root}/{id}`, (call) => ok({ volume: withoutExtras(volumeView(cloud, call, update(cloud, call))) })),
    remove(`${root}/{id}`, (call) => {
      const cascade = ['true', '1'].includes((call.query.get('cascade') ?? '').toLowerCase());
      const force = call.minor >= 23 && ['true', '1'].includes((call.query.get('force') ?? '').toLowerCase());
      if (force) needAdmin(call, 'volume:force_delete');
      deleteVolume(cloud, volumeOf(cloud, call.who, call.params['id']), { cascade, force });
      return accepted();
    }),
    post(`${root}/{id}/action`, (call) => volumeAction(cloud, call)),
    ...metadataRoutes(
      `${root}/{id}/metadata`,
      (call) => volumeOf(cloud, call.who, call.params['id']),
      (id, key) => `Volume ${id} has no metadata with key ${key}.`,
    ),
  ];
};
