import { LifeboatError } from '@lifeboat/kernel';
import { copyImage, loadClouds, openCloud, readQuotas } from '@lifeboat/openstack-client';
import type { Cloud, CloudConfig, ServiceName } from '@lifeboat/openstack-client';
import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { ownProject } from './clouds/own-project.ts';
import type { OwnProject } from './clouds/own-project.ts';
import { until } from './clouds/until.ts';

const file = process.env['LIFEBOAT_CLOUDS_YAML'] ?? '';
const MINUTE = 60_000;
const SERVICES: readonly ServiceName[] = ['identity', 'compute', 'image', 'network', 'volume'];
const BYTES = randomBytes(3 * 1024 * 1024 + 17);
const SHA512 = createHash('sha512').update(BYTES).digest('hex');

function configOf(name: string): CloudConfig {
  const config = loadClouds({ file }).get(name);
  if (!config) throw new Error(`${file} names no "${name}"`);
  return config;
}

async function refusalOf(work: Promise<unknown>): Promise<LifeboatError> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof LifeboatError) return error;
  throw new Error(`no LifeboatError: ${String(error)}`);
}

const NEW_IMAGE = { name: 'picture', disk_format: 'raw', container_format: 'bare' };

describe('the client with real clouds', () => {
  let source: OwnProject;
  let target: OwnProject;
  let cloud: Cloud;
  const images: [Cloud, string][] = [];
  beforeAll(async () => {
    source = await ownProject(configOf('primary'), 'member');
    target = await ownProject(configOf('recovery'), 'member');
    cloud = source.cloud;
  }, MINUTE);
  afterAll(async () => {
    for (const [owner, id] of images) await owner.image.delete(`/images/${id}`);
    await source.remove();
    await target.remove();
  }, MINUTE);

  async function newImage(owner: Cloud): Promise<string> {
    const { id } = await owner.image.post<{ id: string }>('/images', NEW_IMAGE);
    images.push([owner, id]);
    return id;
  }

  it('finds every service and agrees on microversions', async () => {
    for (const service of SERVICES) expect(await cloud.has(service)).toBe(true);
    expect(await cloud.compute.microversion()).toMatch(/^2\.\d+$/);
    expect(await cloud.volume.microversion()).toMatch(/^3\.\d+$/);
    expect(await cloud.compute.supports('2.1')).toBe(true);
    expect(await cloud.compute.supports('2.999')).toBe(false);
  });

  it('works with an application credential', async () => {
    const { userId, projectId } = await cloud.whoAmI();
    const { application_credential: made } = await cloud.identity.post<{
      application_credential: { id: string; secret: string };
    }>(`/users/${userId}/application_credentials`, { application_credential: { name: 'conformance' } });
    const auth = { type: 'application-credential', id: made.id, secret: made.secret } as const;
    const other = openCloud({ ...configOf('primary'), auth });
    expect(await other.whoAmI()).toMatchObject({ projectId, isAdmin: false });
    await other.compute.get('/servers');
    await other.close();
    const wrong = openCloud({ ...configOf('primary'), auth: { ...auth, secret: 'not-the-secret' } });
    const error = await refusalOf(wrong.whoAmI());
    expect(error).toMatchObject({ kind: 'forbidden', code: 'credentials-refused' });
    expect(JSON.stringify(error)).not.toContain('not-the-secret');
    await wrong.close();
  });

  it(
    'reads every page of all services',
    async () => {
      for (let n = 0; n < 3; n++) {
        await newImage(cloud);
        await cloud.network.post('/security-groups', { security_group: { name: `group-${n}` } });
      }
      const count = async (list: AsyncIterable<unknown>): Promise<number> => {
        let found = 0;
        for await (const _ of list) found++;
        return found;
      };
      const query = { limit: 1 };
      const { projectId } = await cloud.whoAmI();
      expect(await count(cloud.image.list('/images', 'images', { query: { ...query, owner: projectId } }))).toBe(3);
      // And the one called "default", which every project has.
      expect(await count(cloud.network.list('/security-groups', 'security_groups', { query }))).toBe(4);
      const whole = await count(cloud.compute.list('/flavors', 'flavors'));
      expect(await count(cloud.compute.list('/flavors', 'flavors', { query }))).toBe(whole);
      expect(await count(cloud.identity.list(`/auth/projects`, 'projects'))).toBe(1);
      for await (const group of cloud.network.list<{ id: string; name: string }>('/security-groups', 'security_groups'))
        if (group.name.startsWith('group-')) await cloud.network.delete(`/security-groups/${group.id}`);
    },
    MINUTE,
  );

  it.each([
    ['compute', '/servers/00000000-0000-4000-8000-000000000000'],
    ['image', '/images/00000000-0000-4000-8000-000000000000'],
    ['network', '/ports/00000000-0000-4000-8000-000000000000'],
    ['volume', '/volumes/00000000-0000-4000-8000-000000000000'],
  ] as const)('tells what %s says of something that is not there, with its request id', async (service, path) => {
    const error = await refusalOf(cloud[service].get(path));
    expect(error).toMatchObject({ kind: 'not-found', data: { service, path, status: 404, site: 'primary' } });
    expect(error.data['requestId']).toMatch(/^req-/);
    expect(error.message).toMatch(/00000000|not.*found/i);
    expect(await cloud[service].delete(path)).toBe(false);
  });

  it('keeps user data that Nova quotes out of the message', async () => {
    const user_data = 'no base64: sesame-open!';
    const error = await refusalOf(
      cloud.compute.post('/servers', { server: { name: 'x', flavorRef: '1', networks: 'none', user_data } }),
    );
    expect(error).toMatchObject({ kind: 'invalid-input', data: { status: 400 } });
    expect(JSON.stringify(error)).not.toContain('sesame');
  });

  it('does not mistake a missing right for a full quota', async () => {
    const { projectId } = await cloud.whoAmI();
    const error = await refusalOf(cloud.compute.put(`/os-quota-sets/${projectId}`, { quota_set: { cores: 1 } }));
    expect(error).toMatchObject({ kind: 'forbidden', code: 'openstack-forbidden' });
  });

  it('says when a quota is full', async () => {
    const { projectId } = await cloud.whoAmI();
    await source.admin.volume.put(`/os-quota-sets/${projectId}`, { quota_set: { volumes: 0 } });
    await source.admin.network.put(`/quotas/${projectId}`, { quota: { network: 0 } });
    for (const full of [
      () => cloud.volume.post('/volumes', { volume: { size: 1 } }),
      () => cloud.network.post('/networks', { network: {} }),
    ])
      expect(await refusalOf(full())).toMatchObject({ kind: 'external', code: 'quota-exceeded' });
  });

  it('reads the quotas that a member may see', async () => {
    const quotas = await readQuotas(cloud);
    const wanted = ['compute:instances', 'compute:keypairs', 'compute:server_groups', 'volume:gigabytes'];
    for (const key of [...wanted, 'volume:backups', 'network:floatingip', 'network:security_group_rule'])
      expect(quotas.get(key)).toEqual({ limit: expect.any(Number), used: expect.any(Number) });
    expect(quotas.get('volume:volumes')).toEqual({ limit: 0, used: 0 });
  });

  it(
    'moves bytes up, down, from the middle and to the other Glance',
    async () => {
      const [id, copy] = [await newImage(cloud), await newImage(target.cloud)];
      await cloud.image.upload(`/images/${id}/file`, Readable.from([BYTES], { objectMode: false }));
      await until('image', /active/, async () => (await cloud.image.get<{ status: string }>(`/images/${id}`)).status);
      const { body, size } = await cloud.image.download(`/images/${id}/file`, { from: 1_000_003 });
      expect(Buffer.concat(await body.toArray()).equals(BYTES.subarray(1_000_003))).toBe(true);
      expect(size).toBe(BYTES.length);
      const signal = new AbortController().signal;
      const done = await copyImage(cloud, target.cloud, id, copy, { signal, moved: () => undefined });
      expect(done).toEqual({ bytes: BYTES.length, hash: SHA512 });
      expect(
        await refusalOf(copyImage(cloud, target.cloud, id, copy, { signal, moved: () => undefined })),
      ).toMatchObject({
        code: 'image-not-queued',
      });
    },
    2 * MINUTE,
  );
});
