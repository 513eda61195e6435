import type { Json } from '@lifeboat/kernel';
import type { Cloud } from '@lifeboat/openstack-client';
import { marksOf } from '@lifeboat/replication-driver-api';
import type { Disk, DriverIo, Outcome, PointOfDisk, ReplicationDriver } from '@lifeboat/replication-driver-api';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import type { SimulatedBench } from '@lifeboat/testing';
import { simulatedBench } from '@lifeboat/testing';
import { cinderReplication } from './cinder-replication.driver.ts';

const SETTINGS = { sites: { primary: { volumeTypes: { gold: { recoveryHost: 'recovery-control@rbd#rbd' } } } } };
const REPLICATED = { replication_enabled: '<is> True' };
const RUN = 'run-1';
const copy = { runId: RUN, name: 'data' };

let bench: SimulatedBench;
const driver = cinderReplication.create(SETTINGS);

beforeEach(async () => {
  bench = await simulatedBench('volume', 'admin');
});
afterEach(() => bench.stop());

const io = (point: PointOfDisk): DriverIo => ({
  ...bench.clouds,
  ...marksOf(point, RUN),
  now: () => new Date().toISOString(),
  signal: new AbortController().signal,
  moved: () => undefined,
  pace: async () => undefined,
  copyImage: () => Promise.reject(new Error('no image is copied')),
});

async function settled(cloud: Cloud, path: string, key: string): Promise<string> {
  for (;;) {
    const { status } = (await cloud.volume.get<Record<string, { id: string; status: string }>>(path))[key] ?? {};
    if (status === 'available') return status;
    await pause(10);
  }
}

async function volumeOfType(name: string, specs: Readonly<Record<string, string>>): Promise<Disk> {
  const { source } = bench.clouds;
  await source.volume.post('/types', { volume_type: { name, extra_specs: specs } });
  const { volume } = await source.volume.post<{ volume: { id: string } }>('/volumes', {
    volume: { size: 1, name: 'data', volume_type: name },
  });
  await settled(source, `/volumes/${volume.id}`, 'volume');
  return {
    kind: 'volume',
    id: volume.id,
    name: 'data',
    sizeGiB: 1,
    volumeType: name,
    bootable: false,
    encrypted: false,
    multiattach: false,
    status: 'available',
  };
}

async function intoReplicatedGroup(disk: Disk): Promise<void> {
  const { volume: cinder } = bench.clouds.source;
  const { group_type: type } = await cinder.post<{ group_type: { id: string } }>('/group_types', {
    group_type: { name: 'replicated', group_specs: { group_replication_enabled: '<is> True' } },
  });
  const { group } = await cinder.post<{ group: { id: string } }>('/groups', {
    group: { name: 'db', group_type: type.id, volume_types: [disk.volumeType] },
  });
  await settled(bench.clouds.source, `/groups/${group.id}`, 'group');
  await cinder.put(`/groups/${group.id}`, { group: { add_volumes: disk.id } });
  await settled(bench.clouds.source, `/groups/${group.id}`, 'group');
  await cinder.post(`/groups/${group.id}/action`, { enable_replication: {} }, { microversion: '3.38' });
}

const pointOf = (disk: Disk): PointOfDisk => ({ pointId: 'pnt-1', groupId: 'grp-1', disk });

async function replicaOf(point: PointOfDisk) {
  const taken = await driver.snapshot(point, undefined, io(point));
  if (taken.status !== 'done') throw new Error('no point');
  const transferred = await driver.transfer(point, taken.result, undefined, io(point));
  if (transferred.status !== 'done') throw new Error('no replica');
  return transferred.result.replica;
}

async function promoted(point: PointOfDisk, planned: boolean): Promise<Outcome<unknown>> {
  const replica = await replicaOf(point);
  for (;;) {
    const outcome = await driver.promote?.(point, replica, copy, { planned }, undefined, io(point));
    if (outcome?.status !== 'in-progress') return outcome as Outcome<unknown>;
    await pause(10);
  }
}

it('refuses volumes of a type that is not replicated, encrypted ones, and all while it has no settings, each with the reason', async () => {
  const disk = await volumeOfType('gold', REPLICATED);
  expect(await driver.supports(disk, bench.facts)).toEqual({ ok: true });
  expect(await driver.supports({ ...disk, volumeType: 'silver' }, bench.facts)).toMatchObject({
    reason: expect.stringContaining('not set up as replication-enabled') as string,
  });
  expect(await driver.supports({ ...disk, encrypted: true }, bench.facts)).toMatchObject({
    reason: expect.stringContaining('Encrypt within the guest') as string,
  });
  expect(await cinderReplication.create(undefined).supports(disk, bench.facts)).toMatchObject({ ok: false });
});

it('makes no point of a volume that the storage does not replicate', async () => {
  const point = pointOf(await volumeOfType('gold', {}));
  await expect(driver.snapshot(point, undefined, io(point))).rejects.toMatchObject({ code: 'volume-not-replicated' });
});

it('makes no copy, and does not promote with the primary lost', async () => {
  const point = pointOf(await volumeOfType('gold', REPLICATED));
  const replica = await replicaOf(point);
  await expect(driver.materialise(point, replica, copy, undefined, io(point))).rejects.toMatchObject({
    code: 'driver-planned-only',
  });
  await expect(promoted(point, false)).rejects.toMatchObject({ code: 'driver-planned-only' });
});

it('refuses to fail over a volume that is in no group, and says what that would take along', async () => {
  const point = pointOf(await volumeOfType('gold', REPLICATED));
  await expect(promoted(point, true)).rejects.toMatchObject({ code: 'volume-in-no-group' });
});

it("has the primary's Cinder fail the group over, and adopts the volume once", async () => {
  const disk = await volumeOfType('gold', REPLICATED);
  await intoReplicatedGroup(disk);
  const unmanaged = `${bench.simulators.target.url}/simulator/unmanaged/volume-${disk.id}`;
  const headers = { 'content-type': 'application/json' };
  await fetch(unmanaged, { method: 'PUT', body: JSON.stringify({ sizeGiB: 1 }), headers });
  const point = pointOf(disk);
  const replica = await replicaOf(point);
  for (let turn = 0; ; turn++) {
    const outcome = await driver.promote?.(point, replica, copy, { planned: true }, undefined, io(point));
    if (outcome?.status === 'done') break;
    expect(turn).toBeLessThan(100);
    await pause(10);
  }
  expect(Object.values(await bench.marked('target'))).toEqual(['promoted']);
  const { volume } = await bench.clouds.source.volume.get<{ volume: { replication_status: string } }>(
    `/volumes/${disk.id}`,
  );
  expect(volume.replication_status).toBe('failed-over');
});

describe('where the storage at the recovery site can be asked', () => {
  const asked: Readonly<Record<string, string>>[] = [];
  const copies = new Set<string>();
  let lagSeconds: number;
  let array: Server;
  let dir: string;
  let vendors: ReplicationDriver;

  /** It names its copies in capitals, as arrays do. */
  async function play(facts: Readonly<Record<string, string>>): Promise<object> {
    const name = facts['copy_name']?.toUpperCase() ?? '';
    if (facts['verb'] === 'lag') return { seconds: lagSeconds };
    if (facts['verb'] === 'discard') copies.delete(name);
    if (facts['verb'] !== 'copy') return {};
    copies.add(name);
    const unmanaged = `${bench.simulators.target.url}/simulator/unmanaged/${name}`;
    const headers = { 'content-type': 'application/json' };
    await fetch(unmanaged, { method: 'PUT', body: JSON.stringify({ sizeGiB: 1 }), headers });
    return { source_name: name };
  }

  beforeEach(async () => {
    asked.length = 0;
    copies.clear();
    lagSeconds = 0;
    array = createServer((request, response) => {
      void text(request).then(async (body) => {
        const facts = JSON.parse(body) as Readonly<Record<string, string>>;
        asked.push(facts);
        response.end(JSON.stringify(await play(facts)));
      });
    });
    await new Promise<void>((resolve) => array.listen(0, '127.0.0.1', resolve));
    dir = await mkdtemp(join(tmpdir(), 'lifeboat-array-'));
    const secretFile = join(dir, 'secret');
    await writeFile(secretFile, 'a secret');
    const { port } = array.address() as AddressInfo;
    const action = { url: `http://127.0.0.1:${port}/`, secretFile };
    const gold = { recoveryHost: 'recovery-control@rbd#rbd', array: { lag: action, copy: action, discard: action } };
    vendors = cinderReplication.create({ sites: { primary: { volumeTypes: { gold } } } });
  });
  afterEach(async () => {
    array.closeAllConnections();
    await new Promise((resolve) => array.close(resolve));
    await rm(dir, { recursive: true });
  });

  const verbs = () => asked.map(({ verb }) => verb);
  const transferred = async (point: PointOfDisk) => {
    const taken = await vendors.snapshot(point, undefined, io(point));
    if (taken.status !== 'done') throw new Error('no point');
    return vendors.transfer(point, taken.result, undefined, io(point));
  };
  /** Until it is there; the memo is lost each time, as by workers that die. */
  const made = async (point: PointOfDisk, replica: Json): Promise<unknown> => {
    for (;;) {
      const outcome = await vendors.materialise(point, replica, copy, undefined, io(point));
      if (outcome.status === 'done') return outcome.result;
      await pause(10);
    }
  };
  const released = async (point: PointOfDisk): Promise<void> => {
    while ((await vendors.release(point, copy, undefined, io(point))).status !== 'done') await pause(10);
  };

  it('serves from its copies, with the primary lost, and drills', () => {
    expect(vendors.can).toMatchObject({ unplanned: true, rollback: 'copies' });
    expect(vendors.can).not.toHaveProperty('whyPlanned');
  });

  it('has no point complete before the recovery site has what was written by then', async () => {
    const point = pointOf(await volumeOfType('gold', REPLICATED));
    lagSeconds = 30;
    expect(await transferred(point)).toMatchObject({ status: 'in-progress' });
    lagSeconds = 0;
    expect(await transferred(point)).toMatchObject({ status: 'done' });
  });

  it('has Cinder adopt a copy, once, and takes it back', async () => {
    const point = pointOf(await volumeOfType('gold', REPLICATED));
    const outcome = await transferred(point);
    if (outcome.status !== 'done') throw new Error('no replica');
    const { volumeId } = (await made(point, outcome.result.replica)) as { readonly volumeId: string };
    expect(await bench.marked('target')).toEqual({ [`volume ${volumeId}`]: 'copy' });
    expect(await made(point, outcome.result.replica)).toMatchObject({ volumeId });
    expect(verbs()).toEqual(['lag', 'copy']);
    expect(asked[1]).toMatchObject({ source_name: `volume-${point.disk.id}`, run: RUN, size_gib: '1' });
    await released(point);
    expect(await bench.marked('target')).toEqual({});
    expect([...copies]).toEqual([]);
  });

  it('takes back a copy that was never adopted', async () => {
    const point = pointOf(await volumeOfType('gold', REPLICATED));
    await play({ verb: 'copy', copy_name: `lifeboat-${RUN}-${point.disk.id}` });
    expect(copies.size).toBe(1);
    await released(point);
    expect([...copies]).toEqual([]);
  });
});
