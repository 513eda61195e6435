import type { Disk } from '@lifeboat/replication-driver-api';
import { isMirrored, rbdImages, removeImage } from './ceph.ts';
import type { RealBench } from './real-bench.ts';

/** Looks into the mirrored pools too, where Cinder sees nothing: for the images that stand for this bench's disks, and their clones. */
export function withMirroredPools(bench: RealBench): RealBench {
  const disks: Disk[] = [];
  const images = (): readonly string[] => disks.map(({ id }) => `volume-${id}`);

  const mirrored = async (): Promise<readonly string[]> => {
    const found = await Promise.all(
      images().map(async (image) => ((await isMirrored('primary', `volumes/${image}`)) ? [image] : [])),
    );
    return found.flat();
  };

  const atTarget = async (): Promise<Readonly<Record<string, string>>> => {
    const [there, still] = [await rbdImages('recovery', 'volumes'), await mirrored()];
    // While the source's is mirrored rbd-mirror makes the image again, whoever removes it: with the primary really lost it would not.
    const replicas = images().filter((image) => there.includes(image) && !still.includes(image));
    return Object.fromEntries(replicas.map((image) => [`replica ${image}`, 'replica']));
  };

  return {
    ...bench,
    async disk() {
      const disk = await bench.disk();
      disks.push(disk);
      return disk;
    },
    async stop() {
      await bench.stop();
      // What cases that failed left in the pools, where Cinder knows nothing of it.
      for (const cluster of ['primary', 'recovery'])
        for (const image of images()) await removeImage(cluster, `volumes/${image}`);
    },
    async marked(side) {
      const seen = await bench.marked(side);
      if (side === 'target') return { ...seen, ...(await atTarget()) };
      return { ...seen, ...Object.fromEntries((await mirrored()).map((image) => [`image ${image}`, 'mirroring'])) };
    },
  };
}
