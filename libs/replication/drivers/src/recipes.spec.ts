import type { Json } from '@lifeboat/kernel';
import { marksOf, textOf } from '@lifeboat/replication-driver-api';
import type { Disk, PointOfDisk, Recipe } from '@lifeboat/replication-driver-api';
import { builtIn } from './registry.ts';

const disk: Disk = {
  kind: 'volume',
  id: 'v1',
  name: 'data',
  sizeGiB: 2,
  bootable: false,
  encrypted: false,
  multiattach: false,
  status: 'in-use',
  metadata: { lifeboat_hook: 'shop', lifeboat_database: 'shop' },
};
const point: PointOfDisk = { pointId: 'pnt-1', groupId: 'shop', disk };
const copy = { runId: 'run-1', name: 'data', volumeType: 'gold', availabilityZone: 'nova' };
const mark = marksOf(point, 'run-1').mark('copy');
const volume = { name: 'data', size: 2, volume_type: 'gold', availability_zone: 'nova', metadata: mark };
const MADE = { kind: 'volume', volumeId: '${volume.id}' };

const server = { host: 'db.beta', user: 'postgres' };
const settings: Readonly<Record<string, unknown>> = {
  postgresql: { databases: { shop: { servers: { alpha: server, beta: server }, slot: 'shop' } } },
  'rbd-mirror': { sites: { beta: { conf: '/etc/ceph/b', user: 'c', pool: 'volumes', cinderHost: 'h@rbd#rbd' } } },
};
const BLOCKS = {
  volumeId: 'r1',
  snapshotId: 's1',
  sourceSnapshotId: 's0',
  root: '0'.repeat(64),
  algorithm: 'blake3',
  key: 'a2V5',
};
const recipeOf = (name: string, replica: Json): Recipe | undefined =>
  builtIn
    .find((one) => one.name === name)
    ?.create(settings[name])
    .recipe?.(point, replica, copy, mark);

describe('a recipe', () => {
  it('is what every driver of ours has', () => {
    expect(builtIn.filter(({ name, create }) => !create(settings[name]).recipe).map(({ name }) => name)).toEqual([]);
  });

  it.each([
    ['block-stream', BLOCKS, { snapshot_id: 's1' }],
    ['image-transfer', { imageId: 'i1' }, { imageRef: 'i1' }],
    ['stateless', { nothing: true }, {}],
    ['postgresql', { lsn: '0/0' }, {}],
    ['hook', {}, {}],
  ])('of %s makes one volume, where and as the copy stands, under its mark', (name, replica, origin) => {
    expect(recipeOf(name, replica)).toMatchObject({
      calls: [{ service: 'volume', method: 'POST', path: '/volumes', body: { volume: { ...volume, ...origin } } }],
      gives: MADE,
    });
  });

  it('of cinder-backup restores into a volume that is known again after its metadata were replaced', () => {
    const recipe = recipeOf('cinder-backup', { backupId: 'b1', chain: [] });
    expect(recipe).toMatchObject({
      calls: [
        { path: '/volumes', body: { volume: { ...volume, description: textOf(mark) } } },
        {
          path: '/backups/b1/restore',
          body: { restore: { volume_id: '${volume.id}' } },
          first: { until: ['available'] },
        },
        { path: '/volumes/${volume.id}/metadata', body: { metadata: mark } },
      ],
      gives: MADE,
    });
  });

  it('of server-snapshot needs no call: the replica is booted from', () => {
    expect(recipeOf('server-snapshot', { imageId: 'i1' })).toEqual({
      calls: [],
      gives: { kind: 'image', imageId: 'i1' },
    });
  });

  it.each([
    ['rbd-mirror', { image: 'volume-v1', snapshot: 'snapshot-s1' }, 'rbd clone'],
    ['cinder-replication', { volumeId: 'v1', source: 'alpha' }, 'cinder manage'],
  ])('of %s is for people, who are told each step', (name, replica, words) => {
    const recipe = recipeOf(name, replica);
    expect(recipe).toMatchObject({ calls: [], gives: 'by hand' });
    expect(recipe?.byHand?.join(' ')).toContain(words);
  });

  it('of what an application carries says what else is to be promoted', () => {
    expect(recipeOf('postgresql', { lsn: '0/0' })?.byHand?.join()).toContain('pg_promote');
    expect(recipeOf('hook', {})?.byHand?.join()).toContain('"shop"');
  });
});
