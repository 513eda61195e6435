import type { Disk, SitePair } from '@lifeboat/replication-driver-api';
import { lagIn } from './lag.ts';
import { statusIn } from './mirror-state.ts';
import { STATUS } from './recorded.ts';
import { rbdMirror } from './rbd-mirror.driver.ts';

const site = (cloud: string) => ({
  conf: `/etc/ceph/${cloud}.conf`,
  user: 'cinder',
  pool: 'volumes',
  cinderHost: `${cloud}-control@rbd#rbd`,
});
const settings = { sites: { alpha: { ...site('alpha'), volumeTypes: ['ssd'] }, beta: site('beta') } };

const disk: Disk = {
  kind: 'volume',
  id: 'v1',
  name: 'data',
  sizeGiB: 1,
  volumeType: 'ssd',
  bootable: false,
  encrypted: false,
  multiattach: false,
  status: 'in-use',
};
const facts = (name: string) => ({
  site: name,
  isAdmin: true,
  services: ['volume'],
  backup: false,
  sharedBackupStore: false,
});
const sites: SitePair = { source: facts('alpha'), target: facts('beta') };

describe('rbd-mirror', () => {
  const driver = rbdMirror.create(settings);

  it('carries volumes of the types that lie in the mirrored pool', async () => {
    expect(await driver.supports(disk, sites)).toEqual({ ok: true });
    expect(await driver.supports({ ...disk, volumeType: 'hdd' }, sites)).toMatchObject({
      reason: 'volumes of type "hdd" do not lie in the mirrored pool of alpha',
    });
  });

  it('says what it is not told: all, or one of the sites', async () => {
    expect(await rbdMirror.create(undefined).supports(disk, sites)).toMatchObject({
      reason: expect.stringContaining('no settings') as string,
    });
    expect(await driver.supports(disk, { ...sites, target: facts('gamma') })).toMatchObject({
      reason: 'its settings do not say how to reach the Ceph of gamma',
    });
  });

  it('needs an administrator at the recovery site, for only such may have Cinder adopt an image', async () => {
    const member = { ...sites, target: { ...facts('beta'), isAdmin: false } };
    expect(await driver.supports(disk, member)).toMatchObject({ ok: false });
  });

  it('refuses settings that are not whole, and names what is wrong', () => {
    const broken = { sites: { alpha: { ...site('alpha'), cinderHost: 'alpha' } } };
    expect(() => rbdMirror.create(broken)).toThrow(/HOST@BACKEND#POOL/);
  });
});

describe('lag', () => {
  it('is the age of the newest mirror snapshot that is complete at the target', () => {
    expect(lagIn(statusIn(STATUS.idle), 'beta', 1_795_985_796_000)).toEqual({ healthy: true, seconds: 60 });
  });

  it('says why mirroring does not go on', () => {
    expect(lagIn(statusIn(STATUS.failed), 'beta', 0)).toEqual({
      healthy: false,
      problem: expect.stringContaining('failed to apply remote image state') as string,
    });
  });
});
