import { createHash, randomBytes } from 'node:crypto';
import type { Simulator } from '../start-simulator.ts';
import { login, startSpecCloud, type SpecClient } from '../testing/spec-client.ts';

describe('the played Cinder', () => {
  let cloud: Simulator;
  let demo: SpecClient;
  let admin: SpecClient;
  beforeEach(async () => {
    cloud = await startSpecCloud();
    [demo, admin] = await Promise.all([login(cloud.url), login(cloud.url, 'admin')]);
  });
  afterEach(() => cloud.stop());

  const write = (id: string, bytes: Buffer, offset = 0): Promise<unknown> =>
    fetch(`${cloud.url}/simulator/volumes/${id}/bytes?offset=${offset}`, {
      method: 'PUT',
      body: new Uint8Array(bytes),
      headers: { 'content-type': 'application/octet-stream' },
    });
  const read = async (id: string): Promise<Buffer> =>
    Buffer.from(await (await fetch(`${cloud.url}/simulator/volumes/${id}/bytes`)).arrayBuffer());
  const volumes = '/volume/v3/{p}/volumes';
  const snapshots = '/volume/v3/{p}/snapshots';

  it('makes volumes that are creating first and available later, with the default type', async () => {
    const made = await demo.volume({ size: 2, name: 'data', metadata: { role: 'db' } });
    expect(made).toMatchObject({
      status: 'creating',
      size: 2,
      volume_type: 'standard',
      bootable: 'false',
      metadata: { role: 'db' },
    });
    await demo.status(`${volumes}/${made.id}`, 'volume', 'available');
    expect((await read(made.id)).length).toBe(2 * 1024 ** 2);
  });

  it('copies a snapshot’s moment, not what was written since', async () => {
    const id = await demo.readyVolume({ size: 1 });
    const before = randomBytes(4096);
    await write(id, before, 8192);
    const snapshot = await demo.make(snapshots, 'snapshot', { volume_id: id });
    await demo.status(`${snapshots}/${snapshot.id}`, 'snapshot', 'available');
    await write(id, randomBytes(4096), 8192);
    const copy = await demo.readyVolume({ size: 1, snapshot_id: snapshot.id });
    expect((await read(copy)).subarray(8192, 12_288).equals(before)).toBe(true);
  });

  it('keeps a volume while it has snapshots, and a snapshot while a volume hangs on it', async () => {
    const id = await demo.readyVolume({ size: 1 });
    const snapshot = await demo.make(snapshots, 'snapshot', { volume_id: id });
    await demo.status(`${snapshots}/${snapshot.id}`, 'snapshot', 'available');
    const refused = await demo.delete(`${volumes}/${id}`);
    expect([refused.status, JSON.stringify(refused.body)]).toEqual([400, expect.stringContaining('have snapshots')]);
    const clone = await demo.readyVolume({ size: 1, snapshot_id: snapshot.id });
    expect((await demo.delete(`${snapshots}/${snapshot.id}`)).status).toBe(202);
    await demo.status(`${snapshots}/${snapshot.id}`, 'snapshot', 'available');
    await demo.delete(`${volumes}/${clone}`);
    await demo.gone(`${volumes}/${clone}`);
    await demo.delete(`${snapshots}/${snapshot.id}`);
    await demo.gone(`${snapshots}/${snapshot.id}`);
    expect((await demo.delete(`${volumes}/${id}`)).status).toBe(202);
    await demo.gone(`${volumes}/${id}`);
  });

  it('refuses over quota with 413 and the numbers, and counts snapshots as gigabytes', async () => {
    await admin.put(`/volume/v3/{p}/os-quota-sets/${demo.projectId}`, { quota_set: { volumes: 2, gigabytes: 5 } });
    const id = await demo.readyVolume({ size: 2 });
    const snapshot = await demo.make(snapshots, 'snapshot', { volume_id: id });
    const tooBig = await demo.post(volumes, { volume: { size: 2 } });
    expect([tooBig.status, tooBig.body]).toEqual([
      413,
      {
        overLimit: {
          code: 413,
          retryAfter: '0',
          message:
            'VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed gigabytes quota. Requested 2G, quota is 5G and 4G has been consumed.',
        },
      },
    ]);
    await demo.volume({ size: 1 });
    await admin.put(`/volume/v3/{p}/os-quota-sets/${demo.projectId}`, { quota_set: { gigabytes: 50 } });
    const tooMany = await demo.post(volumes, { volume: { size: 1 } });
    expect(JSON.stringify(tooMany.body)).toContain(
      "VolumeLimitExceeded: Maximum number of volumes allowed (2) exceeded for quota 'volumes'.",
    );
    expect((await demo.get('/volume/v3/{p}/limits')).body).toMatchObject({
      limits: { absolute: { totalVolumesUsed: 2, totalGigabytesUsed: 5, totalSnapshotsUsed: 1 } },
    });
    expect(snapshot.id).toBeTruthy();
  });

  it('uploads a volume’s bytes to Glance and makes the same bytes into a volume again', async () => {
    const id = await demo.readyVolume({ size: 1, name: 'source' });
    await write(id, randomBytes(70_000), 123_456);
    await demo.post(`${volumes}/${id}/action`, { 'os-set_image_metadata': { metadata: { hw_disk_bus: 'scsi' } } });
    const started = await demo.post(
      `${volumes}/${id}/action`,
      { 'os-volume_upload_image': { image_name: 'exported', disk_format: 'raw' } },
      { microversion: '3.50' },
    );
    const imageId = (started.body['os-volume_upload_image'] as { image_id: string }).image_id;
    expect((await demo.get(`${volumes}/${id}`)).body).toMatchObject({ volume: { status: 'uploading' } });
    const image = await demo.status(`/image/v2/images/${imageId}`, '', 'active');
    expect(image).toMatchObject({
      visibility: 'private',
      hw_disk_bus: 'scsi',
      size: 1024 ** 2,
      os_hash_value: createHash('sha512')
        .update(await read(id))
        .digest('hex'),
    });
    await demo.status(`${volumes}/${id}`, 'volume', 'available');
    const copy = await demo.readyVolume({ size: 1, imageRef: imageId });
    expect((await read(copy)).equals(await read(id))).toBe(true);
    expect((await demo.get(`${volumes}/${copy}`)).body).toMatchObject({
      volume: { bootable: 'true', volume_image_metadata: { image_id: imageId, hw_disk_bus: 'scsi' } },
    });
  });

  it('shows each microversion its own fields and refuses those it does not speak', async () => {
    const id = await demo.readyVolume({ size: 1 });
    const at = async (microversion: string): Promise<Record<string, unknown>> =>
      (await demo.get(`${volumes}/${id}`, { microversion })).body['volume'] as Record<string, unknown>;
    expect(await at('3.0')).not.toHaveProperty('group_id');
    expect(await at('3.13')).toHaveProperty('group_id');
    expect(await at('3.63')).toHaveProperty('volume_type_id');
    expect((await demo.get(`${volumes}/${id}`, { microversion: '3.999' })).status).toBe(406);
    expect((await demo.get(`${volumes}/${id}`, { microversion: '3.70' })).headers.get('openstack-api-version')).toBe(
      'volume 3.70',
    );
  });

  it('keeps projects apart and what is an administrator’s to administrators', async () => {
    const theirs = await admin.readyVolume({ size: 1 });
    expect((await demo.get(`${volumes}/${theirs}`)).status).toBe(404);
    await demo.readyVolume({ size: 1 });
    const list = async (client: SpecClient, query: string): Promise<number> =>
      ((await client.get(`${volumes}/detail${query}`)).body['volumes'] as unknown[]).length;
    expect([await list(demo, '?all_tenants=1'), await list(admin, ''), await list(admin, '?all_tenants=1')]).toEqual([
      1, 1, 2,
    ]);
    const refused = await demo.post('/volume/v3/{p}/types', { volume_type: { name: 'mine' } });
    expect([refused.status, refused.body]).toEqual([
      403,
      { forbidden: { code: 403, message: "Policy doesn't allow volume_extension:type_create to be performed." } },
    ]);
  });

  it('pages newest first with links to the next page', async () => {
    const ids: string[] = [];
    for (let index = 0; index < 3; index += 1) ids.push((await demo.volume({ size: 1, name: `v${index}` })).id);
    const first = (await demo.get(`${volumes}?limit=2`)).body;
    const [link] = first['volumes_links'] as { rel: string; href: string }[];
    const second = (await demo.get((link?.href ?? '').slice(cloud.url.length))).body;
    expect(second).not.toHaveProperty('volumes_links');
    expect(
      [...(first['volumes'] as { id: string }[]), ...(second['volumes'] as { id: string }[])]
        .map((one) => one.id)
        .sort(),
    ).toEqual(ids.sort());
  });
});
