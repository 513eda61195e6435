import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Simulator } from '../start-simulator.ts';
import { login, startSpecCloud, type SpecClient } from '../testing/spec-client.ts';

describe('backups in a store two clouds read', () => {
  let store: string;
  let primary: Simulator;
  let recovery: Simulator;
  let here: SpecClient;
  let admin: SpecClient;
  let there: SpecClient;
  beforeEach(async () => {
    store = await mkdtemp(join(tmpdir(), 'lifeboat-backups-'));
    [primary, recovery] = await Promise.all([
      startSpecCloud({ backupDir: store }),
      startSpecCloud({ backupDir: store, name: 'recovery', region: 'RegionB' }),
    ]);
    [here, admin, there] = await Promise.all([
      login(primary.url),
      login(primary.url, 'admin', 'demo'),
      login(recovery.url, 'admin', 'demo'),
    ]);
  });
  afterEach(async () => {
    await Promise.all([primary.stop(), recovery.stop()]);
    await rm(store, { recursive: true });
  });

  const backups = '/volume/v3/{p}/backups';
  const bytesAt = (cloud: Simulator, id: string): string => `${cloud.url}/simulator/volumes/${id}/bytes`;
  const write = (id: string, bytes: Buffer, offset: number): Promise<unknown> =>
    fetch(`${bytesAt(primary, id)}?offset=${offset}`, {
      method: 'PUT',
      body: new Uint8Array(bytes),
      headers: { 'content-type': 'application/octet-stream' },
    });
  const sha256 = async (cloud: Simulator, id: string): Promise<unknown> =>
    (await fetch(`${bytesAt(cloud, id)}/sha256`)).json();

  async function backup(client: SpecClient, volume: string, more: Record<string, unknown> = {}): Promise<string> {
    const { id } = await client.make(backups, 'backup', { volume_id: volume, ...more });
    await client.status(`${backups}/${id}`, 'backup', 'available');
    return id;
  }
  async function carry(id: string): Promise<void> {
    const record = (await admin.get(`${backups}/${id}/export_record`)).body;
    expect((await there.post(`${backups}/import_record`, record)).status).toBe(201);
    await there.status(`${backups}/${id}`, 'backup', 'available');
  }

  it('restores a chain of a full and two incremental ones in the other cloud, byte by byte', async () => {
    const volume = await here.readyVolume({ size: 2, name: 'db' });
    await write(volume, randomBytes(300_000), 65_000);
    const chain = [await backup(here, volume)];
    await write(volume, Buffer.alloc(65_536), 65_536);
    await write(volume, randomBytes(100), 1_500_000);
    chain.push(await backup(here, volume, { incremental: true }));
    await write(volume, randomBytes(5000), 900_000);
    chain.push(await backup(here, volume, { incremental: true }));
    const wanted = await sha256(primary, volume);
    for (const id of chain) await carry(id);
    await primary.kill();
    const target = await there.readyVolume({ size: 2 });
    expect((await there.post(`${backups}/${chain[2]}/restore`, { restore: { volume_id: target } })).status).toBe(202);
    await there.status(`/volume/v3/{p}/volumes/${target}`, 'volume', 'available');
    expect(await sha256(recovery, target)).toEqual(wanted);
  });

  it('cannot restore a link whose parent was not imported', async () => {
    const volume = await here.readyVolume({ size: 1 });
    await backup(here, volume);
    const second = await backup(here, volume, { incremental: true });
    await carry(second);
    const target = await there.readyVolume({ size: 1 });
    await there.post(`${backups}/${second}/restore`, { restore: { volume_id: target } });
    await there.status(`/volume/v3/{p}/volumes/${target}`, 'volume', 'error_restoring');
  });

  it('refuses what Cinder refuses: no parent, volumes in use without force, links others hang on, a second import, members', async () => {
    const volume = await here.readyVolume({ size: 1 });
    const orphan = await here.post(backups, { backup: { volume_id: volume, incremental: true } });
    expect(JSON.stringify(orphan.body)).toContain('Invalid backup: No backups available to do an incremental backup.');
    const full = await backup(here, volume);
    await backup(here, volume, { incremental: true });
    const held = await here.delete(`${backups}/${full}`);
    expect([held.status, JSON.stringify(held.body)]).toEqual([
      400,
      expect.stringContaining('Incremental backups exist for this backup.'),
    ]);
    expect((await here.get(`${backups}/${full}/export_record`)).status).toBe(403);
    const record = (await admin.get(`${backups}/${full}/export_record`)).body;
    await there.post(`${backups}/import_record`, record);
    const twice = await there.post(`${backups}/import_record`, record);
    expect(JSON.stringify(twice.body)).toContain('Backup already exists in database.');
  });

  it('backs up the moment of a snapshot, and builds on what is older than it', async () => {
    const volume = await here.readyVolume({ size: 1 });
    await backup(here, volume);
    await write(volume, randomBytes(1000), 4096);
    const wanted = await sha256(primary, volume);
    const snapshot = await here.make('/volume/v3/{p}/snapshots', 'snapshot', { volume_id: volume });
    await here.status(`/volume/v3/{p}/snapshots/${snapshot.id}`, 'snapshot', 'available');
    await write(volume, randomBytes(1000), 4096);
    const point = await backup(here, volume, { snapshot_id: snapshot.id, incremental: true });
    const restored = await here.post(`${backups}/${point}/restore`, { restore: { name: 'back' } });
    const target = (restored.body['restore'] as { volume_id: string }).volume_id;
    await here.status(`/volume/v3/{p}/volumes/${target}`, 'volume', 'available');
    expect(await sha256(primary, target)).toEqual(wanted);
  });
});
