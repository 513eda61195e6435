import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadDrivers } from './load-drivers.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lifeboat-packages-'));
});
afterEach(() => rm(folder, { recursive: true }));

const can = `{ consistency: 'crash-per-disk', carries: 'bytes', incremental: false, unplanned: true, rollback: 'copies', rights: 'member', leavesAtSource: [] }`;
const packageWith = (name: string, api = 1) => `
  export const drivers = [{
    name: '${name}',
    create: (settings) => ({ name: '${name}', api: ${api}, summary: settings?.said ?? 'said nothing', can: ${can} }),
  }];`;

async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}

const load = async (file: object) => {
  await put('drivers.yaml', JSON.stringify(file));
  return loadDrivers(join(folder, 'drivers.yaml'));
};

describe('the drivers file', () => {
  it('without one knows the built-in drivers', async () => {
    const { all, loaded } = await loadDrivers();
    expect(all.map(({ name }) => name)).toContain('image-transfer');
    expect(new Set(loaded.map(({ origin }) => origin))).toEqual(new Set(['built-in']));
  });

  it('brings drivers of a package beside it, after the built-in ones, with their settings', async () => {
    await put(
      'node_modules/@acme/tape/package.json',
      JSON.stringify({ type: 'module', exports: { import: './lib/main.js' } }),
    );
    await put('node_modules/@acme/tape/lib/main.js', packageWith('tape'));
    const { all, get } = await load({ packages: ['@acme/tape'], drivers: { tape: { said: 'to the robot' } } });
    expect(all.at(-1)?.name).toBe('tape');
    expect(get('tape').summary).toBe('to the robot');
  });

  it('brings drivers of a path from the file', async () => {
    await put('mine/tape.mjs', packageWith('tape'));
    expect((await load({ packages: ['./mine/tape.mjs'] })).loaded.at(-1)).toMatchObject({
      origin: 'package',
      from: './mine/tape.mjs',
    });
  });

  it.each([
    ['a package that is not there', { packages: ['@acme/not-there'] }, 'driver-package-not-found', '@acme/not-there'],
    ['a path at which there is nothing', { packages: ['./nothing.mjs'] }, 'driver-package-not-found', './nothing.mjs'],
    ['a package that exports no drivers', { packages: ['./empty.mjs'] }, 'driver-package-empty', './empty.mjs'],
    ['a package that cannot be loaded', { packages: ['./broken.mjs'] }, 'driver-package-broken', './broken.mjs'],
    ['a driver of another API', { packages: ['./newer.mjs'] }, 'driver-api-unknown', 'driver API 2'],
    ['a name that is taken', { packages: ['./twin.mjs'] }, 'driver-name-taken', 'image-transfer'],
    ['a remote name that is taken', { remote: [{ name: 'image-transfer' }] }, 'driver-name-taken', 'a remote process'],
    ['settings for nobody', { drivers: { tapes: {} } }, 'driver-unknown', 'tapes'],
    ['a remote name that is no token of a subject', { remote: [{ name: 'a.b' }] }, 'drivers-file-malformed', 'digits'],
  ])('refuses %s, and says what to do', async (_what, file, code, said) => {
    await put('empty.mjs', 'export const other = [];');
    await put('broken.mjs', `throw new Error('no licence');`);
    await put('newer.mjs', packageWith('tape', 2));
    await put('twin.mjs', packageWith('image-transfer'));
    await expect(load(file)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(said),
      mend: expect.any(String),
    });
  });

  it('keeps a remote driver that is away, which refuses every disk with the reason', async () => {
    const { loaded, get } = await load({ remote: [{ name: 'acme-san' }] });
    expect(loaded.at(-1)?.origin).toBe('remote');
    const disk = {
      kind: 'volume',
      id: 'v',
      name: 'v',
      sizeGiB: 1,
      bootable: false,
      encrypted: false,
      multiattach: false,
      status: 'in-use',
    } as const;
    const facts = { site: 'a', isAdmin: false, services: [], backup: false, sharedBackupStore: false };
    expect(await get('acme-san').supports(disk, { source: facts, target: facts })).toMatchObject({ ok: false });
  });
});
