import { Drive } from '@lifeboat/replication-driver-api';
import type { Carried, Disk } from '@lifeboat/replication-driver-api';
import type { SimulatedBench } from '@lifeboat/testing';
import { simulatedBench, simulatedDriversFile, until } from '@lifeboat/testing';
import { randomBytes } from 'node:crypto';
import { loadDrivers } from '../load-drivers.ts';

const MIB = 1024 ** 2;
const DAMAGED_BYTES = 8192;
/** For what goes round the bytes: digests, frames. The disks hold 2 MiB and more. */
const SLACK_BYTES = 64 * 1024;
const driver = (await loadDrivers(simulatedDriversFile())).get('block-stream');

describe('the volume that stands for a disk', () => {
  let bench: SimulatedBench;
  let drive: Drive;
  beforeEach(async () => {
    bench = await simulatedBench('volume', 'demo');
    drive = new Drive(driver, bench);
  });
  afterEach(() => bench.stop());

  const bytesOf = (side: 'source' | 'target', id: string): string =>
    `${bench.simulators[side].url}/simulator/volumes/${id}/bytes`;
  const put = async (id: string, bytes: Uint8Array<ArrayBuffer>, offset: number): Promise<void> => {
    const answer = await fetch(`${bytesOf('target', id)}?offset=${offset}`, { method: 'PUT', body: bytes });
    expect(answer.status).toBe(204);
  };
  const replica = async (): Promise<string> => {
    const found = Object.entries(await bench.marked('target')).filter(([, purpose]) => purpose === 'replica');
    expect(found).toHaveLength(1);
    return String(found[0]?.[0]).replace('volume ', '');
  };
  const available = (side: 'source' | 'target', id: string) =>
    until('volume', async () => {
      const { volume } = await bench.clouds[side].volume.get<{ volume: { status: string } }>(`/volumes/${id}`);
      return /available|in-use/.test(volume.status) ? true : undefined;
    });

  async function holds(carried: Carried, disk: Disk): Promise<void> {
    const copy = { runId: 'run-1', name: 'copy' };
    expect(await bench.digestOfCopy(await drive.materialise(carried, copy))).toBe(await bench.digest(disk));
    await drive.release(carried.point, copy);
  }
  async function leavesNothing(...points: readonly Carried[]): Promise<void> {
    for (const { point, transferred } of points) await drive.discard(point, transferred.replica);
    expect([await bench.marked('source'), await bench.marked('target')]).toEqual([{}, {}]);
  }

  it('is mended by what was damaged, and by no more, when nothing that is known of it is trusted', async () => {
    const disk = await bench.disk();
    const first = await drive.carry(disk);
    await put(await replica(), randomBytes(DAMAGED_BYTES), MIB);
    const trusting = await drive.carry(disk, first);
    await expect(holds(trusting, disk)).rejects.toThrow();
    await drive.release(trusting.point, { runId: 'run-1', name: 'copy' });
    const mended = await drive.carry(disk, trusting, true);
    expect(mended.transferred.bytes).toBeGreaterThanOrEqual(DAMAGED_BYTES);
    expect(mended.transferred.bytes).toBeLessThan(1.1 * DAMAGED_BYTES + SLACK_BYTES);
    await holds(mended, disk);
    await leavesNothing(first, trusting, mended);
  });

  it('may be a volume that a user made of a backup: only what differs from it is sent', async () => {
    const disk = await bench.disk();
    const backup = new Uint8Array(await (await fetch(bytesOf('source', disk.id))).arrayBuffer());
    await bench.write(disk);
    const { volume } = await bench.clouds.target.volume.post<{ volume: { id: string } }>('/volumes', {
      volume: { size: 1, name: 'from the tape', volume_type: 'standard', metadata: { lifeboat_seed: disk.id } },
    });
    await available('target', volume.id);
    await put(volume.id, backup, 0);
    const first = await drive.carry(disk);
    expect(await replica()).toBe(volume.id);
    expect(first.transferred.bytes).toBeLessThan(1.1 * (bench.writtenBytes ?? 0) + SLACK_BYTES);
    await holds(first, disk);
    await leavesNothing(first);
  });

  describe('seeded for the way back by what stands at the old primary', () => {
    const other = { kind: 'volume', volumeId: '00000000-0000-4000-8000-000000000000' } as const;
    const failedOver = async () => {
      const disk = await bench.disk();
      const first = await drive.carry(disk);
      const copy = { runId: 'run-1', name: 'copy' };
      return { disk, first, copy, serving: await drive.materialise(first, copy) };
    };

    it('is made once, whoever is killed meanwhile, of what is only read', async () => {
      const { disk, first, copy, serving } = await failedOver();
      const before = await bench.digest(disk);
      const killed = new Drive(driver, bench, 'killed');
      expect(await killed.reverse(first, serving)).toEqual({ full: false });
      expect(await killed.reverse(first, serving)).toEqual({ full: false });
      expect(killed.strikes).toBe(1);
      expect(Object.values(await bench.marked('source')).filter((purpose) => purpose === 'replica')).toHaveLength(1);
      expect(await bench.digest(disk)).toBe(before);
      await drive.release(first.point, copy);
    });

    it('is not made where it would not do, and says why', async () => {
      const { disk, first, copy, serving } = await failedOver();
      const why = async (...asked: Parameters<Drive['reverse']>) => {
        const { full, why = '' } = await drive.reverse(...asked);
        return [full, why];
      };
      expect(await why(first)).toEqual([true, expect.stringContaining('not known')]);
      expect(await why(first, other)).toEqual([true, expect.stringContaining(other.volumeId)]);
      const gone = { ...first, point: { ...first.point, disk: { ...disk, id: other.volumeId } } };
      expect(await why(gone, serving)).toEqual([true, 'its original does not stand at primary any more']);
      await bench.grow?.(disk);
      expect(await why(first, serving)).toEqual([true, expect.stringContaining('has 2 GiB by now')]);
      await drive.release(first.point, copy);
      await leavesNothing(first);
    });
  });

  it('follows a disk that was retyped, by difference', async () => {
    const disk = await bench.disk();
    const first = await drive.carry(disk);
    await bench.clouds.source.volume.post(`/volumes/${disk.id}/action`, {
      'os-retype': { new_type: '__DEFAULT__', migration_policy: 'never' },
    });
    await available('source', disk.id);
    await bench.write(disk);
    const retyped = await drive.carry({ ...disk, volumeType: '__DEFAULT__' }, first);
    expect(retyped.transferred.bytes).toBeLessThan(1.1 * (bench.writtenBytes ?? 0) + SLACK_BYTES);
    await holds(retyped, disk);
    await leavesNothing(first, retyped);
  });
});
