import { Drive, driverConformance } from '@lifeboat/replication-driver-api';
import type { Disk, PointOfDisk } from '@lifeboat/replication-driver-api';
import type { SimulatedBench } from '@lifeboat/testing';
import { serverFromVolumes, simulatedBench, simulatedDriversFile } from '@lifeboat/testing';
import { randomUUID } from 'node:crypto';
import { loadDrivers } from '../load-drivers.ts';

const MINUTE = 60_000;
const REQUIRED = { hw_qemu_guest_agent: 'yes', os_require_quiesce: 'yes' };
const drivers = await loadDrivers(simulatedDriversFile());

describe('the volumes of a server whose image requires that its file systems are frozen', () => {
  let bench: SimulatedBench;
  beforeEach(async () => {
    bench = await simulatedBench('volume', 'demo');
  });
  afterEach(() => bench.stop());

  const taken = async (
    disks: readonly Disk[],
    together: readonly Disk[] = disks,
    more: Pick<PointOfDisk, 'frozen'> = {},
  ) => {
    const drive = new Drive(drivers.get('image-transfer'), bench);
    const sorted = together.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    const pointId = `pnt-${randomUUID()}`;
    return Promise.all(disks.map((disk) => drive.snapshot(disk, undefined, { pointId, together: sorted, ...more })));
  };
  const quiesced = async (...of: Parameters<typeof taken>) => (await taken(...of)).map((one) => one.taken.quiesced);
  const imagesAsked = () => bench.simulators.source.requests({ method: 'POST', path: '/servers/.*/action' }).length;

  it('are snapshotted by Nova at once, which freezes them, and the point says so', async () => {
    const disks = await serverFromVolumes(bench, REQUIRED);
    const before = imagesAsked();
    expect(await quiesced(disks)).toEqual(['file-systems', 'file-systems']);
    expect(imagesAsked() - before).toBe(1);
    const { images } = await bench.clouds.source.image.get<{ images: { name: string }[] }>('/images');
    expect(images.filter(({ name }) => name.startsWith('lifeboat'))).toEqual([]);
  });

  it('are snapshotted one by one, and the point does not say frozen: where Nova may go on without, or refuses', async () => {
    expect(await quiesced(await serverFromVolumes(bench, { hw_qemu_guest_agent: 'yes' }))).toEqual([
      undefined,
      undefined,
    ]);
    expect(await quiesced(await serverFromVolumes(bench, { os_require_quiesce: 'yes' }))).toEqual([
      undefined,
      undefined,
    ]);
    // The agent is enabled, and dead: Nova refuses.
    const disks = await serverFromVolumes(bench, REQUIRED);
    bench.simulators.source.faults.add({
      kind: 'error',
      method: 'POST',
      path: '/servers/.*/action',
      status: 500,
      count: 1,
    });
    expect(await quiesced(disks)).toEqual([undefined, undefined]);
  });

  it('are snapshotted one by one while a hook holds the application still: nothing is frozen twice', async () => {
    const disks = await serverFromVolumes(bench, REQUIRED);
    const before = imagesAsked();
    expect(await quiesced(disks, disks, { frozen: { by: 'shop' } })).toEqual([undefined, undefined]);
    expect(imagesAsked()).toBe(before);
  });

  it('are snapshotted one by one where the driver does not carry all of them', async () => {
    const disks = await serverFromVolumes(bench, REQUIRED);
    expect(await quiesced(disks.slice(0, 1))).toEqual([undefined]);
  });

  const together = driverConformance(drivers.get('image-transfer')).filter(({ name }) => name.includes('together'));
  it('are the ones that are looked at', () => expect(together).toHaveLength(4));
  for (const { name, run } of together)
    it(
      name,
      async () => {
        const disks = await serverFromVolumes(bench, REQUIRED);
        const proven = await run({ ...bench, disksTogether: async () => ({ disks, oneInstant: false }) });
        expect(proven).toBeUndefined();
      },
      MINUTE,
    );
});
