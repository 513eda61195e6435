import { copyImage } from '@lifeboat/openstack-client';
import type { Cloud } from '@lifeboat/openstack-client';
import { startSimulator } from '@lifeboat/openstack-simulator';
import type { Simulator } from '@lifeboat/openstack-simulator';
import { markedIn, usedIn } from '@lifeboat/replication-driver-api';
import type { Bench, Disk, Materialised, Side } from '@lifeboat/replication-driver-api';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openSimulated } from './open-simulated.ts';

export interface SimulatedBench extends Bench {
  readonly simulators: Readonly<Record<Side, Simulator>>;
  stop(): Promise<void>;
}

const MIB = 1024 ** 2;
const GIB_BYTES = 16 * MIB;

const open = (simulator: Simulator, username: 'admin' | 'demo'): Cloud =>
  openSimulated(simulator, { username, project: 'demo' });

/** Bytes are read and written past the API, as a hypervisor does. */
const diskUrl = (simulator: Simulator, disk: Disk): string =>
  `${simulator.url}/simulator/${disk.kind === 'volume' ? `volumes/${disk.id}/bytes` : `servers/${disk.id}/root`}`;
const copyUrl = (simulator: Simulator, copy: Materialised): string =>
  `${simulator.url}/simulator/${copy.kind === 'volume' ? `volumes/${copy.volumeId}` : `images/${copy.imageId}`}/bytes`;
const sha256 = async (url: string): Promise<string> =>
  ((await (await fetch(`${url}/sha256`)).json()) as { sha256: string }).sha256;

async function put(url: string, bytes: Buffer, offset: number): Promise<void> {
  const answer = await fetch(`${url}?offset=${offset}`, { method: 'PUT', body: new Uint8Array(bytes) });
  if (!answer.ok) throw new Error(await answer.text());
}

export async function serverOn(cloud: Cloud, more: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const [{ flavors }, { images }] = [
    await cloud.compute.get<{ flavors: { id: string; name: string }[] }>('/flavors'),
    await cloud.image.get<{ images: { id: string }[] }>('/images?name=guest'),
  ];
  const server = {
    name: 'holder',
    flavorRef: flavors.find(({ name }) => name === 'tiny')?.id,
    imageRef: images[0]?.id,
    networks: 'none',
    ...more,
  };
  const made = await cloud.compute.post<{ server: { id: string } }>('/servers', { server });
  for (;;) {
    const { server: now } = await cloud.compute.get<{ server: { status: string } }>(`/servers/${made.server.id}`);
    if (now.status === 'ACTIVE') return made.server.id;
    await pause(10);
  }
}

/** As it is captured in use. */
async function blankVolume(cloud: Cloud, more: Readonly<Record<string, unknown>>): Promise<Disk> {
  const { volume } = await cloud.volume.post<{ volume: { id: string } }>('/volumes', {
    volume: { size: 1, name: 'data', volume_type: 'standard', metadata: { purpose: 'its own' }, ...more },
  });
  await volumeIs(cloud, volume.id, 'available');
  return {
    kind: 'volume',
    id: volume.id,
    name: 'data',
    sizeGiB: 1,
    volumeType: 'standard',
    bootable: false,
    encrypted: false,
    multiattach: false,
    status: 'in-use',
  };
}

async function volumeIs(cloud: Cloud, id: string, wanted: string): Promise<void> {
  const status = async (): Promise<string> =>
    (await cloud.volume.get<{ volume: { status: string } }>(`/volumes/${id}`)).volume.status;
  while ((await status()) !== wanted) await pause(10);
}

async function attachedVolume(cloud: Cloud, simulator: Simulator): Promise<Disk> {
  const disk = await blankVolume(cloud, {});
  // From its first byte on: a disk that begins blank would be formatted by the guest, some time after it was attached.
  await put(diskUrl(simulator, disk), randomBytes(2 * MIB), 0);
  await cloud.compute.post(`/servers/${await serverOn(cloud)}/os-volume_attachments`, {
    volumeAttachment: { volumeId: disk.id },
  });
  await volumeIs(cloud, disk.id, 'in-use');
  return disk;
}

/** The two volumes of a server that was booted from one, which has these properties of an image. */
export async function serverFromVolumes(
  { clouds, simulators }: Pick<SimulatedBench, 'clouds' | 'simulators'>,
  properties: Readonly<Record<string, string>>,
): Promise<readonly Disk[]> {
  const [cloud, simulator] = [clouds.source, simulators.source];
  const { images } = await cloud.image.get<{ images: { id: string }[] }>('/images?name=guest');
  const root = await blankVolume(cloud, { imageRef: images[0]?.id });
  if (Object.keys(properties).length > 0)
    await cloud.volume.post(`/volumes/${root.id}/action`, { 'os-set_image_metadata': { metadata: properties } });
  const data = await blankVolume(cloud, {});
  await put(diskUrl(simulator, data), randomBytes(2 * MIB), 0);
  const mapping = [root, data].map(({ id }, boot_index) => ({
    uuid: id,
    source_type: 'volume',
    destination_type: 'volume',
    boot_index: boot_index === 0 ? 0 : -1,
  }));
  await serverOn(cloud, { imageRef: undefined, block_device_mapping_v2: mapping });
  return [{ ...root, bootable: true }, data];
}

async function rootOfServer(cloud: Cloud, simulator: Simulator): Promise<Disk> {
  const disk: Disk = {
    kind: 'server-root',
    id: await serverOn(cloud),
    name: 'web-1',
    sizeGiB: 1,
    bootable: true,
    encrypted: false,
    multiattach: false,
    status: 'ACTIVE',
  };
  await put(diskUrl(simulator, disk), randomBytes(MIB), 8 * MIB);
  return disk;
}

/** Under its server, with bytes in what is new. */
async function grow(cloud: Cloud, simulator: Simulator, disk: Disk): Promise<Disk> {
  const grown = { ...disk, sizeGiB: disk.sizeGiB + 1 };
  await cloud.volume.post(`/volumes/${disk.id}/action`, { 'os-extend': { new_size: grown.sizeGiB } });
  const size = async (): Promise<number> =>
    (await cloud.volume.get<{ volume: { size: number } }>(`/volumes/${disk.id}`)).volume.size;
  while ((await size()) !== grown.sizeGiB) await pause(10);
  await put(diskUrl(simulator, disk), randomBytes(MIB), disk.sizeGiB * 16 * MIB);
  return grown;
}

/** Two volumes of one group whose type promises snapshots of one instant. Promises are shown to administrators alone. */
async function groupedVolumes(bench: Pick<SimulatedBench, 'simulators' | 'clouds'>, user: 'admin' | 'demo') {
  const admin = open(bench.simulators.source, 'admin');
  const { volume } = bench.clouds.source;
  const disks: Disk[] = [];
  for (let n = 0; n < 2; n++) disks.push(await attachedVolume(bench.clouds.source, bench.simulators.source));
  const { group_type: type } = await admin.volume.post<{ group_type: { id: string } }>('/group_types', {
    group_type: { name: `together-${disks[0]?.id}`, group_specs: { consistent_group_snapshot_enabled: '<is> True' } },
  });
  await admin.close();
  const { group } = await volume.post<{ group: { id: string } }>('/groups', {
    group: { name: 'app', group_type: type.id, volume_types: ['standard'] },
  });
  const settled = async (): Promise<boolean> =>
    (await volume.get<{ group: { status: string } }>(`/groups/${group.id}`)).group.status === 'available';
  while (!(await settled())) await pause(10);
  await volume.put(`/groups/${group.id}`, { group: { add_volumes: disks.map(({ id }) => id).join(',') } });
  while (!(await settled())) await pause(10);
  return { disks, oneInstant: user === 'admin' };
}

/** Where both clouds keep the bytes of their disks: what reaches volumes past Cinder is told of it before there are any. */
export const bytesFolder = mkdtempSync(join(tmpdir(), 'lifeboat-bytes-'));
process.once('exit', () => rmSync(bytesFolder, { recursive: true, force: true }));

const volumesOf = (site: string) => ({
  '*': {
    kind: 'file',
    volume: join(bytesFolder, site, 'disks', 'volume-%s.raw'),
    snapshot: join(bytesFolder, site, 'disks', 'snapshot-%s.raw'),
  },
});

/** A drivers file that knows the simulated clouds. */
export function simulatedDriversFile(): string {
  const sites = Object.fromEntries(['primary', 'recovery'].map((site) => [site, { volumes: volumesOf(site) }]));
  const drivers = { 'block-stream': { folder: join(bytesFolder, 'trees'), sites } };
  const file = join(bytesFolder, 'drivers.yaml');
  writeFileSync(file, JSON.stringify({ drivers }));
  return file;
}

/** Two simulated clouds with one backup store, small GiBs and silent guests. */
export async function simulatedBench(kind: Disk['kind'], username: 'admin' | 'demo'): Promise<SimulatedBench> {
  const backupDir = await mkdtemp(join(tmpdir(), 'lifeboat-backups-'));
  const settings = {
    gibBytes: GIB_BYTES,
    guestEveryMs: 0,
    delayMs: 10,
    backupDir,
    sharedDisks: true,
    guestDevices: true,
  };
  const simulators = {
    source: await startSimulator({ ...settings, name: 'primary', dataDir: join(bytesFolder, 'primary') }),
    target: await startSimulator({
      ...settings,
      name: 'recovery',
      region: 'RegionB',
      dataDir: join(bytesFolder, 'recovery'),
    }),
  };
  const clouds = { source: open(simulators.source, username), target: open(simulators.target, username) };
  const facts = (site: string) => ({
    site,
    isAdmin: username === 'admin',
    services: ['identity', 'compute', 'image', 'network', 'volume'],
    backup: true,
    sharedBackupStore: true,
  });
  return {
    simulators,
    clouds,
    facts: { source: facts('primary'), target: facts('recovery') },
    disk: () =>
      kind === 'volume'
        ? attachedVolume(clouds.source, simulators.source)
        : rootOfServer(clouds.source, simulators.source),
    write: (disk) => put(diskUrl(simulators.source, disk), randomBytes(8192), 9 * MIB),
    writtenBytes: 8192,
    digest: (disk) => sha256(diskUrl(simulators.source, disk)),
    digestOfBlank: async ({ sizeGiB }) =>
      createHash('sha256')
        .update(Buffer.alloc(sizeGiB * GIB_BYTES))
        .digest('hex'),
    digestOfCopy: (copy) => sha256(copyUrl(simulators.target, copy)),
    ...(kind === 'volume' && {
      grow: (disk: Disk) => grow(clouds.source, simulators.source, disk),
      disksTogether: () => groupedVolumes({ simulators, clouds }, username),
      writeCopy: (copy: Materialised) => put(copyUrl(simulators.target, copy), randomBytes(8192), 0),
    }),
    marked: (side) => markedIn(clouds[side]),
    usage: (side) => usedIn(clouds[side]),
    copyImage: ({ source, target, signal, moved }, from, to) =>
      copyImage(source, target, from.imageId, to.imageId, { signal, moved: (bytes) => moved(bytes) }),
    longestPauseMs: 10,
    patienceMs: 60_000,
    async stop() {
      await Promise.all([clouds.source.close(), clouds.target.close()]);
      await Promise.all([simulators.source.stop(), simulators.target.stop()]);
      await rm(backupDir, { recursive: true, force: true });
    },
  };
}
