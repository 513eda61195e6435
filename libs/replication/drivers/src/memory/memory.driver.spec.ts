import { driverConformance } from '@lifeboat/replication-driver-api';
import type { Bench } from '@lifeboat/replication-driver-api';
import { createHash, randomBytes } from 'node:crypto';
import { MemoryCloud } from './memory-cloud.ts';
import { memory } from './memory.driver.ts';

const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const MIB = 1024 ** 2;

function memoryBench(): Bench {
  const clouds = { source: new MemoryCloud('alpha'), target: new MemoryCloud('beta') };
  const facts = (site: string) => ({
    site,
    isAdmin: false,
    services: ['volume'],
    backup: false,
    sharedBackupStore: false,
  });
  return {
    clouds: { source: clouds.source.connect(), target: clouds.target.connect() },
    facts: { source: facts('alpha'), target: facts('beta') },
    disk: async () => ({
      kind: 'volume',
      id: clouds.source.put('disks', randomBytes(MIB)).id,
      name: 'data',
      sizeGiB: 1,
      bootable: false,
      encrypted: false,
      multiattach: false,
      status: 'in-use',
    }),
    write: async (disk) => void randomBytes(4096).copy(clouds.source.get('disks', disk.id).bytes, 8192),
    writtenBytes: 4096,
    digest: async (disk) => digest(clouds.source.get('disks', disk.id).bytes),
    digestOfCopy: async (copy) =>
      digest(clouds.target.get('copies', copy.kind === 'volume' ? copy.volumeId : copy.imageId).bytes),
    writeCopy: async (copy) =>
      void randomBytes(4096).copy(
        clouds.target.get('copies', copy.kind === 'volume' ? copy.volumeId : copy.imageId).bytes,
      ),
    marked: async (side) =>
      Object.fromEntries(
        ['snapshots', 'replicas', 'copies'].flatMap((kind) =>
          [...clouds[side].in(kind).values()].map((one) => [`${kind} ${one.id}`, one.mark['lifeboat_purpose'] ?? '']),
        ),
      ),
    usage: async (side) => ({
      'volume:snapshots': clouds[side].in('snapshots').size,
      'volume:replicas': clouds[side].in('replicas').size,
      'volume:volumes': clouds[side].in('copies').size,
    }),
    copyImage: async () => ({ bytes: 0, hash: '' }),
    longestPauseMs: 1,
    patienceMs: 2_000,
  };
}

describe('memory driver', () => {
  for (const { name, run } of driverConformance(memory)) it(name, () => run(memoryBench()));
});
