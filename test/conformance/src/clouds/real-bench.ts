import { copyImage, loadClouds } from '@lifeboat/openstack-client';
import type { Cloud } from '@lifeboat/openstack-client';
import { markedIn, usedIn } from '@lifeboat/replication-driver-api';
import type { Bench, Disk, Materialised } from '@lifeboat/replication-driver-api';
import { SCRIBBLED_BYTES, digestOf, digestOfZeros, scribble } from './ceph.ts';
import { ownProject } from './own-project.ts';
import { until } from './until.ts';

export interface RealBench extends Bench {
  /** Removes what the cases left, then the projects. */
  stop(): Promise<void>;
}

const statusOf = async (cloud: Cloud, kind: 'server' | 'volume', id: string): Promise<string> => {
  const read =
    kind === 'server'
      ? cloud.compute.get<Record<string, { status: string }>>(`/servers/${id}`)
      : cloud.volume.get<Record<string, { status: string }>>(`/volumes/${id}`);
  return (await read)[kind]?.status ?? 'ERROR';
};

/** A server that does not write by itself, so that digests can be compared: it is switched off. */
async function quietServer(cloud: Cloud): Promise<string> {
  const { flavors } = await cloud.compute.get<{ flavors: { id: string; name: string }[] }>('/flavors');
  const { images } = await cloud.image.get<{ images: { id: string }[] }>('/images', { query: { name: 'guest' } });
  const server = {
    name: 'quiet',
    flavorRef: flavors.find(({ name }) => name === 'tiny')?.id,
    imageRef: images[0]?.id,
    networks: 'none',
  };
  const { server: made } = await cloud.compute.post<{ server: { id: string } }>('/servers', { server });
  await until('server', /ACTIVE/, () => statusOf(cloud, 'server', made.id));
  await cloud.compute.post(`/servers/${made.id}/action`, { 'os-stop': null });
  await until('server', /SHUTOFF/, () => statusOf(cloud, 'server', made.id));
  return made.id;
}

async function volumeInUse(cloud: Cloud, serverId: string): Promise<Disk> {
  const { volume } = await cloud.volume.post<{ volume: { id: string } }>('/volumes', {
    volume: { size: 1, name: 'data', volume_type: 'standard', metadata: { purpose: 'its own' } },
  });
  await until('volume', /available/, () => statusOf(cloud, 'volume', volume.id));
  await cloud.compute.post(`/servers/${serverId}/os-volume_attachments`, { volumeAttachment: { volumeId: volume.id } });
  await until('volume', /in-use/, () => statusOf(cloud, 'volume', volume.id));
  const disk: Disk = {
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
  await scribble('primary', imageOf(disk));
  return disk;
}

const imageOf = (disk: Disk): string => (disk.kind === 'volume' ? `volumes/volume-${disk.id}` : `vms/${disk.id}_disk`);
const imageOfCopy = (copy: Materialised): string =>
  copy.kind === 'volume' ? `volumes/volume-${copy.volumeId}` : `images/${copy.imageId}`;

async function empty(cloud: Cloud): Promise<void> {
  const ids = async (service: 'compute' | 'volume', path: string, key: string): Promise<string[]> => {
    const found: string[] = [];
    for await (const { id } of cloud[service].list<{ id: string }>(path, key)) found.push(id);
    return found;
  };
  // Asked again and again: a backup goes after those that build on it, a snapshot after its clones, a volume after its snapshots.
  const drain = (service: 'compute' | 'volume', kinds: readonly string[]): Promise<void> =>
    until(kinds.join(', '), /^0$/, async () => {
      let left = 0;
      for (const kind of kinds)
        for (const id of await ids(service, `/${kind}`, kind)) {
          left++;
          await cloud[service].delete(`/${kind}/${id}`).catch(() => undefined);
        }
      return String(left);
    });
  await drain('compute', ['servers']);
  await drain('volume', ['backups', 'volumes', 'snapshots']);
  const { projectId } = await cloud.whoAmI();
  for await (const image of cloud.image.list<{ id: string; owner: string }>('/images', 'images'))
    if (image.owner === projectId) await cloud.image.delete(`/images/${image.id}`);
}

/** The clouds of test/clouds, in a project of our own in each; bytes are looked at in their Ceph clusters. */
export async function realBench(file: string, kind: Disk['kind'], rights: 'member' | 'admin'): Promise<RealBench> {
  const configs = loadClouds({ file });
  const [primary, recovery] = [configs.get('primary'), configs.get('recovery')];
  if (!primary || !recovery) throw new Error(`${file} names no "primary" and "recovery"`);
  const projects = { source: await ownProject(primary, rights), target: await ownProject(recovery, rights) };
  const clouds = { source: projects.source.cloud, target: projects.target.cloud };
  const facts = (site: string) => ({
    site,
    isAdmin: rights === 'admin',
    services: ['identity', 'compute', 'image', 'network', 'volume'],
    backup: true,
    sharedBackupStore: true,
  });
  const server = await quietServer(clouds.source);
  const root: Disk = {
    kind: 'server-root',
    id: server,
    name: 'quiet',
    sizeGiB: 1,
    bootable: true,
    encrypted: false,
    multiattach: false,
    status: 'SHUTOFF',
  };
  return {
    clouds,
    facts: { source: facts('primary'), target: facts('recovery') },
    disk: () => (kind === 'volume' ? volumeInUse(clouds.source, server) : Promise.resolve(root)),
    write: (disk) => scribble('primary', imageOf(disk)),
    writtenBytes: SCRIBBLED_BYTES,
    digest: (disk) => digestOf('primary', imageOf(disk)),
    digestOfBlank: digestOfZeros,
    digestOfCopy: (copy) => digestOf('recovery', imageOfCopy(copy)),
    ...(kind === 'volume' && { writeCopy: (copy: Materialised) => scribble('recovery', imageOfCopy(copy)) }),
    marked: (side) => markedIn(clouds[side]),
    usage: (side) => usedIn(clouds[side]),
    copyImage: ({ source, target, signal, moved }, from, to) =>
      copyImage(source, target, from.imageId, to.imageId, { signal, moved: (bytes) => moved(bytes) }),
    longestPauseMs: 1_000,
    patienceMs: 300_000,
    async stop() {
      for (const { cloud, remove } of [projects.source, projects.target]) {
        await empty(cloud);
        await remove();
      }
    },
  };
}
