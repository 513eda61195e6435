import { conflict } from '@lifeboat/kernel';
import { copyImage, loadClouds, openCloud } from '@lifeboat/openstack-client';
import type { Cloud } from '@lifeboat/openstack-client';
import { markedIn, usedIn } from '@lifeboat/replication-driver-api';
import type { Bench, Disk, SiteFacts } from '@lifeboat/replication-driver-api';
import { removeMarked } from './remove-marked.ts';
import { VolumeBytes } from './volume-bytes.ts';

export interface CloudsBenchOptions {
  readonly clouds: string;
  readonly source: string;
  readonly target: string;
  readonly sharedBackupStore: boolean;
  readonly writeCommand?: string;
  readonly patienceSeconds: number;
}

export interface CloudsBench extends Bench {
  /** Removes what it made, and what the driver left in spite of its duty. */
  stop(): Promise<void>;
}

/**
 * Two clouds as a member sees them: disks are volumes of 1 GiB that are attached to nothing, and bytes are looked at by an image made of them. Throws
 * `conflict` `project-not-empty` where something of Lifeboat's stands already: it would be counted, and might be removed.
 */
export async function cloudsBench(options: CloudsBenchOptions): Promise<CloudsBench> {
  const configs = loadClouds({ file: options.clouds });
  const open = (site: string): Cloud => {
    const config = configs.get(site);
    if (config) return openCloud(config);
    throw conflict('site-not-in-clouds-yaml', `${options.clouds} names no "${site}".`, {
      mend: 'Correct --source or --target.',
    });
  };
  const clouds = { source: open(options.source), target: open(options.target) };
  for (const cloud of Object.values(clouds)) await mustBeFree(cloud);
  const [source, target] = [new VolumeBytes(clouds.source, options.writeCommand), new VolumeBytes(clouds.target)];
  return {
    clouds,
    facts: {
      source: await factsOf(clouds.source, options.sharedBackupStore),
      target: await factsOf(clouds.target, options.sharedBackupStore),
    },
    disk: async () => diskOf(await source.make()),
    write: ({ id }) => source.change(id),
    digest: ({ id }) => source.digestOfVolume(id),
    digestOfCopy: (copy) =>
      copy.kind === 'volume' ? target.digestOfVolume(copy.volumeId) : target.digestOfImage(copy.imageId),
    marked: (side) => markedIn(clouds[side]),
    usage: (side) => usedIn(clouds[side]),
    copyImage: ({ source: from, target: to, signal, moved }, a, b) =>
      copyImage(from, to, a.imageId, b.imageId, { signal, moved: (bytes) => moved(bytes) }),
    longestPauseMs: 1_000,
    patienceMs: options.patienceSeconds * 1_000,
    async stop() {
      for (const cloud of [clouds.target, clouds.source]) await removeMarked(cloud);
      await source.removeAll();
      for (const cloud of Object.values(clouds)) await cloud.close();
    },
  };
}

async function mustBeFree(cloud: Cloud): Promise<void> {
  const [found] = Object.keys(await markedIn(cloud));
  if (found === undefined) return;
  throw conflict(
    'project-not-empty',
    `The project at ${cloud.site} holds something that bears a mark of Lifeboat: ${found}.`,
    {
      mend: 'Use a project of its own for this test, or remove what an earlier test left.',
    },
  );
}

async function factsOf(cloud: Cloud, sharedBackupStore: boolean): Promise<SiteFacts> {
  const services: string[] = [];
  for (const name of ['identity', 'compute', 'image', 'network', 'volume'] as const)
    if (await cloud.has(name)) services.push(name);
  const { isAdmin } = await cloud.whoAmI();
  return { site: cloud.site, isAdmin, services, backup: sharedBackupStore, sharedBackupStore };
}

const diskOf = (volume: { readonly id: string; readonly volume_type: string }): Disk => ({
  kind: 'volume',
  id: volume.id,
  name: 'data',
  sizeGiB: 1,
  volumeType: volume.volume_type,
  bootable: false,
  encrypted: false,
  multiattach: false,
  status: 'available',
});
