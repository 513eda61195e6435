import { startSimulator } from '@lifeboat/openstack-simulator';
import type { Simulator } from '@lifeboat/openstack-simulator';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { stringify } from 'yaml';
import type { Cloud } from './cloud.ts';
import { loadClouds } from './clouds-file.ts';
import { copyImage } from './copy-image.ts';
import { openCloud } from './open-cloud.ts';
import { readQuotas } from './quota.ts';
import { refusalOf } from './simulated/refusal-of.ts';

const BYTES = randomBytes(700_000);
const SHA512 = createHash('sha512').update(BYTES).digest('hex');

describe('the client with the simulator', () => {
  let folder: string;
  let primary: Simulator;
  let recovery: Simulator;
  let source: Cloud;
  let target: Cloud;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'lifeboat-client-'));
    const common = { imageBytes: 1_000_000, gibBytes: 1_000_000, guestEveryMs: 0, delayMs: 5 };
    primary = await startSimulator({
      ...common,
      name: 'primary',
      region: 'RegionA',
      glanceStore: 'file',
      tokenSeconds: 2,
    });
    recovery = await startSimulator({ ...common, name: 'recovery', region: 'RegionB', glanceStore: 'rbd' });
    const file = join(folder, 'clouds.yaml');
    const clouds = { primary: primary.cloudsYamlEntry(), recovery: recovery.cloudsYamlEntry() };
    writeFileSync(file, stringify({ clouds }));
    const configs = loadClouds({ file });
    const open = (name: string): Cloud => {
      const config = configs.get(name);
      if (!config) throw new Error(`${name} is missing`);
      return openCloud(config);
    };
    [source, target] = [open('primary'), open('recovery')];
  });
  afterEach(() => {
    primary.faults.clear();
    recovery.faults.clear();
  });
  afterAll(async () => {
    await Promise.all([source.close(), target.close()]);
    await Promise.all([primary.stop(), recovery.stop()]);
    rmSync(folder, { recursive: true });
  });

  const newImage = async (cloud: Cloud): Promise<string> => {
    const body = { name: 'picture', disk_format: 'raw', container_format: 'bare' };
    return (await cloud.image.post<{ id: string }>('/images', body)).id;
  };
  const uploaded = async (cloud: Cloud): Promise<string> => {
    const id = await newImage(cloud);
    await cloud.image.upload(`/images/${id}/file`, Readable.from([BYTES]), { size: BYTES.length });
    return id;
  };

  it('finds all services and agrees on versions', async () => {
    expect(
      await Promise.all((['identity', 'compute', 'image', 'network', 'volume'] as const).map((one) => source.has(one))),
    ).toEqual(Array(5).fill(true));
    expect(await source.compute.microversion()).toMatch(/^2\.\d+$/);
    expect(await source.volume.microversion()).toMatch(/^3\.\d+$/);
  });

  it('reads all pages of every service', async () => {
    for (let n = 0; n < 5; n++) {
      await source.network.post('/networks', { network: { name: `net-${n}` } });
      await source.volume.post('/volumes', { volume: { size: 1, name: `volume-${n}` } });
      await newImage(source);
    }
    const names = async (list: AsyncIterable<{ name: string }>): Promise<string[]> => {
      const found: string[] = [];
      for await (const { name } of list) found.push(name);
      return found.toSorted();
    };
    const query = { limit: 2 };
    const numbered = (name: string): string[] => Array.from({ length: 5 }, (_, n) => `${name}-${n}`);
    expect(await names(source.volume.list('/volumes', 'volumes', { query }))).toEqual(numbered('volume'));
    expect(await names(source.network.list('/networks', 'networks', { query }))).toEqual(
      expect.arrayContaining(numbered('net')),
    );
    expect(
      (await names(source.image.list('/images', 'images', { query }))).filter((name) => name === 'picture'),
    ).toHaveLength(5);
  });

  it('goes on when tokens run out', async () => {
    await source.network.get('/networks');
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    await source.network.get('/networks');
    await source.compute.get('/servers');
  });

  it('reads the quotas that a member may see', async () => {
    const quotas = await readQuotas(source);
    for (const key of ['compute:instances', 'compute:keypairs', 'volume:gigabytes', 'network:port'])
      expect(quotas.get(key)).toEqual({ limit: expect.any(Number), used: expect.any(Number) });
  });

  it('makes nothing twice when the answer to a create is lost', async () => {
    for (const kind of ['reset-after', 'truncate'] as const) {
      primary.faults.add({ kind, method: 'POST', path: '/volumes$', count: 1 });
      const name = `lost-${kind}`;
      expect(await refusalOf(source.volume.post('/volumes', { volume: { size: 1, name } }))).toMatchObject({
        code: 'outcome-unknown',
      });
      const { volumes } = await source.volume.get<{ volumes: unknown[] }>('/volumes', { query: { name } });
      expect(volumes).toHaveLength(1);
    }
  });

  it.each(['primary', 'recovery'] as const)(
    'copies an image whose download from %s breaks in the middle',
    async (from) => {
      const [simulator, a, b] = from === 'primary' ? [primary, source, target] : [recovery, target, source];
      const [id, copy] = [await uploaded(a), await newImage(b)];
      simulator.faults.add({ kind: 'truncate', method: 'GET', path: `/images/${id}/file`, count: 2 });
      let moved = 0;
      const done = await copyImage(a, b, id, copy, {
        signal: new AbortController().signal,
        moved: (n) => (moved += n),
      });
      expect(done).toEqual({ bytes: BYTES.length, hash: SHA512 });
      expect(moved).toBe(BYTES.length);
      expect(await b.image.get(`/images/${copy}`)).toMatchObject({
        status: 'active',
        os_hash_value: SHA512,
        size: BYTES.length,
      });
    },
  );
});
