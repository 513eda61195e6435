import { Drive } from '@lifeboat/replication-driver-api';
import type { Outcome, ReplicationDriver, Transferred } from '@lifeboat/replication-driver-api';
import { attachedBench, serverOn, until } from '@lifeboat/testing';
import type { AttachedBench } from '@lifeboat/testing';
import { join } from 'node:path';
import { assembleDrivers, loadDrivers } from '../load-drivers.ts';

type Begun = Awaited<ReturnType<Drive['snapshot']>>;

describe('a mover server', () => {
  let bench: AttachedBench;
  beforeEach(async () => {
    bench = await attachedBench({ source: 'mover', target: 'mover' });
  });
  afterEach(() => bench.stop());

  const driverOf = async () => (await loadDrivers(bench.driversFile)).get('block-stream');
  /** With other settings of one site's mover. */
  async function driverWith(site: string, more: Readonly<Record<string, unknown>>): Promise<ReplicationDriver> {
    const { sites, folder } = bench.blockStream;
    const volumes = sites[site]?.['volumes'] as { '*': object };
    const changed = { ...sites, [site]: { ...sites[site], volumes: { '*': { ...volumes['*'], ...more } } } };
    const file = { drivers: { 'block-stream': { folder, sites: changed } }, packages: [], remote: [] };
    return (await assembleDrivers(file, '')).get('block-stream');
  }
  /** The first failure of the transfer, retries or not. */
  async function failureOf(driver: ReplicationDriver, { point, taken }: Begun) {
    const drive = new Drive(driver, bench);
    let memo: Parameters<ReplicationDriver['transfer']>[2];
    return until('a failure', async () => {
      const outcome: Outcome<Transferred> = await drive.once(
        { point, sourceLost: false },
        (before, io) => driver.transfer(point, taken, before, io),
        memo,
      );
      expect(outcome.status).not.toBe('done');
      if (outcome.status === 'in-progress') ({ memo } = outcome);
      return outcome.status === 'failed'
        ? { kind: outcome.kind, code: outcome.error.code, mend: outcome.error.mend }
        : undefined;
    });
  }
  async function endsWell(drive: Drive, begun: Begun): Promise<void> {
    const carried = await drive.transfer(begun.point, begun.taken);
    const copy = { runId: 'run-1', name: 'copy' };
    expect(await bench.digestOfCopy(await drive.materialise(carried, copy))).toBe(await bench.digest(begun.point.disk));
    await drive.release(carried.point, copy);
    await drive.discard(carried.point, carried.transferred.replica);
    expect([await bench.marked('source'), await bench.marked('target')]).toEqual([{}, {}]);
  }

  it('that is gone is said to be gone, and another one goes on', async () => {
    const driver = await driverOf();
    const begun = await new Drive(driver, bench).snapshot(await bench.disk());
    await bench.clouds.source.compute.delete(`/servers/${bench.movers.source}`);
    await until('its end', async () =>
      (await bench.clouds.source.compute.get(`/servers/${bench.movers.source}`).catch(() => 'gone')) === 'gone'
        ? true
        : undefined,
    );
    expect(await failureOf(driver, begun)).toMatchObject({
      kind: 'transient',
      code: 'mover-gone',
      mend: expect.stringContaining('drivers.block-stream.sites.primary') as string,
    });
    const server = await serverOn(bench.clouds.source);
    const devices = join(bench.simulators.source.settings.dataDir, 'guests', server, 'virtio-%s');
    await endsWell(new Drive(await driverWith('primary', { server, devices }), bench), begun);
  });

  it.each(['primary', 'recovery'])('at %s that does not see the device says so, and is tried again', async (site) => {
    const blind = await driverWith(site, { devices: '/nowhere/virtio-%s', seenWithinSeconds: 1 });
    const begun = await new Drive(blind, bench).snapshot(await bench.disk());
    expect(await failureOf(blind, begun)).toMatchObject({
      kind: 'transient',
      code: 'device-not-seen',
      mend: expect.stringContaining('/dev/disk/by-id') as string,
    });
    await endsWell(new Drive(await driverOf(), bench), begun);
  });

  it('does not take the replica from a server that somebody attached it to, nor the mover its own volume', async () => {
    const driver = await driverOf();
    const drive = new Drive(driver, bench);
    const { compute, volume } = bench.clouds.target;
    const attach = async (server: string, volumeId: string): Promise<void> => {
      await compute.post(`/servers/${server}/os-volume_attachments`, { volumeAttachment: { volumeId } });
      await until('in use', async () => ((await holderOf(volumeId)) ? true : undefined));
    };
    const holderOf = async (id: string): Promise<string | undefined> => {
      const { volume: now } = await volume.get<{ volume: { attachments: { server_id: string }[] } }>(`/volumes/${id}`);
      return now.attachments[0]?.server_id;
    };
    const own = await volume.post<{ volume: { id: string } }>('/volumes', { volume: { size: 1, name: 'its own' } });
    await until('its own', async () => {
      const { volume: now } = await volume.get<{ volume: { status: string } }>(`/volumes/${own.volume.id}`);
      return now.status === 'available' ? true : undefined;
    });
    await attach(bench.movers.target, own.volume.id);
    const disk = await bench.disk();
    const first = await drive.carry(disk);
    const [replica] = Object.entries(await bench.marked('target')).filter(([, purpose]) => purpose === 'replica');
    const volumeId = String(replica?.[0]).replace('volume ', '');
    const another = await serverOn(bench.clouds.target);
    await attach(another, volumeId);
    const begun = await drive.snapshot(disk, first);
    expect(await failureOf(driver, begun)).toMatchObject({ kind: 'transient', code: 'replica-in-use' });
    expect(await holderOf(volumeId)).toBe(another);
    await compute.delete(`/servers/${another}/os-volume_attachments/${volumeId}`);
    const second = await drive.transfer(begun.point, begun.taken);
    for (const { point, transferred } of [first, second]) await drive.discard(point, transferred.replica);
    expect(await bench.attached('target')).toEqual([own.volume.id]);
    expect(await bench.marked('source')).toEqual({});
  });
});
