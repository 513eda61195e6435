import type { BundleRef, Home } from '@lifeboat/contracts';
import { sealSecret } from '@lifeboat/kernel';
import type { Entity } from '@lifeboat/openstack-entity-api';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signed } from './bundle-files.ts';
import { directoryPlace } from './directory-place.ts';
import { HOME_FILE, homeFile, openedDisks } from './home-file.ts';
import type { WholePoint } from './home-file.ts';
import { ReadBundle } from './read-bundle.ts';

const KEY = 'the key of the instance that was lost';
const pem = (): string => generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const publicHalf = (key: string): string => createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();

const home: Home = {
  group: {
    groupId: 'shop',
    name: 'Shop',
    primary: 'alpha',
    recovery: 'beta',
    policy: 'gold',
    members: { tag: 'shop' },
  },
  policy: { name: 'gold', rpoSeconds: 300, keepPoints: 3, rules: { drivers: [], serverRoot: 'image' } },
};
const entity = (id: string): Entity =>
  ({ kind: 'server', id, spec: { user_data: sealSecret('#!/bin/sh', KEY) } }) as unknown as Entity;
const [web, db] = [entity('web-1'), entity('db-1')];
const whole = (pointId: string, entities: readonly Entity[]): WholePoint => ({
  pointId,
  openedAt: '2026-01-01T00:00:00.000Z',
  requestedAt: '2026-01-01T00:00:01.000Z',
  sealedAt: '2026-01-01T00:00:09.000Z',
  consistency: { level: 'crash-per-disk' },
  metadata: 'sha256:00',
  images: [],
  disks: [
    {
      disk: {
        kind: 'volume',
        id: 'v1',
        name: 'data',
        sizeGiB: 1,
        bootable: false,
        encrypted: false,
        multiattach: false,
        status: 'in-use',
      },
      driver: 'block-stream',
      replica: { volumeId: 'r1', key: 'of-its-hashes' },
      requestedAt: '2026-01-01T00:00:01.000Z',
      completedAt: '2026-01-01T00:00:02.000Z',
      bytes: 1,
    },
  ],
  entities,
});
const written = homeFile(home, [whole('pnt-2', [web, db]), whole('pnt-1', [web])], KEY);

describe('what a bundle says of a home', () => {
  it('has each version of an entity once, and nothing secret in clear', () => {
    expect(written.points.map(({ entities }) => entities)).toEqual([[0, 1], [0]]);
    expect(written.entities).toHaveLength(2);
    expect(JSON.stringify(written)).not.toMatch(/of-its-hashes|bin\/sh/);
    expect(openedDisks(written.points[0]?.disks ?? [], KEY)[0]?.replica).toEqual({
      volumeId: 'r1',
      key: 'of-its-hashes',
    });
  });
});

describe('bundles at a place', () => {
  const dir = mkdtempSync(join(tmpdir(), 'lifeboat-adopt-'));
  afterAll(() => rmSync(dir, { recursive: true }));
  const signer = pem();
  const bundles = new ReadBundle(undefined as never, { LIFEBOAT_SECRET_KEY: KEY });
  const about = {
    group: 'shop',
    groupName: 'Shop',
    source: 'alpha',
    target: 'beta',
    point: 'pnt-2',
    dataAsOf: '2026-01-01T00:00:01.000Z',
    madeAt: '2026-01-01T00:01:00.000Z',
  };
  /** A place of its own with one bundle, or more. */
  async function placed(n: number, names: readonly string[], file = HOME_FILE, group = 'shop'): Promise<string> {
    const place = join(dir, String(n));
    for (const name of names) {
      const files = signed([{ name: file, bytes: Buffer.from(JSON.stringify(written)) }], about, signer);
      await directoryPlace(place).write(group, name, files);
    }
    return place;
  }
  const ONE = '20260101T000100000Z-pnt-1';
  const TWO = '20260101T000200000Z-pnt-2';
  const problemOf = async (of: ReadBundle, from: { place: string; key?: string }): Promise<string | undefined> =>
    (await of.find(from, undefined))[0]?.problem?.code;

  it('are found, the newest of each group, and read as they were looked at', async () => {
    const place = await placed(1, [ONE, TWO]);
    const found = await bundles.find({ place, key: publicHalf(signer) }, undefined);
    expect(found).toMatchObject([{ bundle: { group: 'shop', name: TWO }, about: { point: 'pnt-2' } }]);
    expect(found[0]?.problem).toBeUndefined();
    const ref = found[0]?.bundle as BundleRef;
    expect((await bundles.home(ref)).points.map(({ pointId }) => pointId)).toEqual(['pnt-2', 'pnt-1']);
    expect(await bundles.find({ place, name: ONE }, 'shop')).toMatchObject([{ bundle: { name: ONE } }]);
    expect(await bundles.find({ place, name: 'another' }, 'shop')).toEqual([]);
    await expect(bundles.home({ ...ref, manifest: '00' })).rejects.toMatchObject({ code: 'bundle-altered' });
    const fresh = new ReadBundle(undefined as never, { LIFEBOAT_SECRET_KEY: KEY });
    await expect(fresh.home({ ...ref, name: 'another' })).rejects.toMatchObject({ code: 'bundle-not-found' });
  });

  it('are refused when a file was changed, or another key has signed them', async () => {
    const place = await placed(2, [ONE]);
    expect(await problemOf(bundles, { place, key: publicHalf(pem()) })).toBe('bundle-altered');
    appendFileSync(join(place, 'shop', ONE, HOME_FILE), ' ');
    expect(await problemOf(bundles, { place })).toBe('bundle-altered');
  });

  it('are refused under the name of another group, from an earlier version, or under another secret key', async () => {
    expect(await problemOf(bundles, { place: await placed(3, [ONE], HOME_FILE, 'web') })).toBe('bundle-altered');
    expect(await problemOf(bundles, { place: await placed(4, [ONE], 'calls.json') })).toBe('bundle-not-adoptable');
    const other = new ReadBundle(undefined as never, { LIFEBOAT_SECRET_KEY: 'the key of another instance' });
    expect(await problemOf(other, { place: await placed(5, [ONE]) })).toBe('bundle-sealed-by-another-key');
  });

  it('say what is missing: the place, or whose container it is', async () => {
    await expect(bundles.find({ place: join(dir, 'none') }, undefined)).rejects.toMatchObject({
      code: 'bundle-place-not-readable',
    });
    await expect(bundles.find({ place: 'swift:bundles' }, undefined)).rejects.toMatchObject({
      code: 'bundle-site-unnamed',
    });
  });
});
