import { chooseDriver } from './choose-driver.ts';
import type { Disk, ReplicationDriver } from './driver.ts';
import { driverRegistry } from './registry.ts';

const disk: Disk = {
  kind: 'volume',
  id: 'vol-1',
  name: 'data',
  sizeGiB: 1,
  volumeType: 'fast',
  bootable: false,
  encrypted: false,
  multiattach: false,
  status: 'in-use',
};
const facts = { site: 'alpha', isAdmin: true, services: ['volume'], backup: true, sharedBackupStore: true };
const sites = { source: facts, target: facts };

const carrier = (name: string, refuses?: string, chosen?: 'by-rule'): ReplicationDriver => {
  const never = () => Promise.reject(new Error('not called'));
  return {
    name,
    api: 1,
    summary: name,
    can: {
      consistency: 'crash-per-disk',
      carries: 'bytes',
      ...(chosen && { chosen }),
      incremental: false,
      unplanned: true,
      rollback: 'copies',
      rights: 'member',
      leavesAtSource: [],
    },
    supports: () => (refuses === undefined ? { ok: true } : { ok: false, reason: refuses }),
    needs: () => ({ source: {}, target: {} }),
    snapshot: never,
    transfer: never,
    materialise: never,
    release: never,
    discard: never,
  };
};

describe('the choice of a driver', () => {
  it('takes the first that can carry the disk when the policy says nothing', async () => {
    const drivers = driverRegistry(carrier('backup', 'no backup service'), carrier('image'), carrier('other'));
    expect(await chooseDriver(disk, [], drivers, sites)).toEqual({
      driver: 'image',
      reasons: [
        { driver: 'backup', chosen: false, reason: 'no backup service' },
        { driver: 'image', chosen: true, reason: 'the first that can carry it' },
        { driver: 'other', chosen: false, reason: 'image comes before it' },
      ],
    });
  });

  it('follows the first rule that fits, and says which it was', async () => {
    const rules = [
      { driver: 'backup', volumeType: 'slow' },
      { driver: 'other', diskKind: 'volume' as const, volumeType: 'fast' },
      { driver: 'image' },
    ];
    const choice = await chooseDriver(disk, rules, driverRegistry(carrier('image'), carrier('other')), sites);
    expect(choice.driver).toBe('other');
    expect(choice.reasons[1]?.reason).toBe("the policy's rule for disk kind volume and volume type fast");
  });

  it('takes one that only a rule chooses when a rule names it, with the setting that the rule names', async () => {
    const drivers = driverRegistry(carrier('hook', undefined, 'by-rule'), carrier('image'));
    const unasked = await chooseDriver(disk, [], drivers, sites);
    expect(unasked.driver).toBe('image');
    expect(unasked.reasons[0]).toEqual({ driver: 'hook', chosen: false, reason: "only a policy's rule chooses it" });
    expect(await chooseDriver(disk, [{ driver: 'hook', named: 'shop-db' }], drivers, sites)).toMatchObject({
      driver: 'hook',
      named: 'shop-db',
    });
  });

  it.each([
    ['tier', 'other'],
    ['tier=gold', 'other'],
    ['tier=silver', 'image'],
    ['constructor', 'image'],
  ])('goes by the metadata of the disk: %s', async (tag, driver) => {
    const tagged = { ...disk, metadata: { tier: 'gold' } };
    const rules = [{ driver: 'other', tag }, { driver: 'image' }];
    const choice = await chooseDriver(tagged, rules, driverRegistry(carrier('image'), carrier('other')), sites);
    expect(choice.driver).toBe(driver);
  });

  it('carries a disk by no other driver than the policy names', async () => {
    const drivers = driverRegistry(carrier('image'), carrier('other', 'not today'));
    expect((await chooseDriver(disk, [{ driver: 'other' }], drivers, sites)).driver).toBeUndefined();
  });

  it('refuses a rule that names a driver which is not there', async () => {
    await expect(
      chooseDriver(disk, [{ driver: 'imgae' }], driverRegistry(carrier('image')), sites),
    ).rejects.toMatchObject({ code: 'driver-unknown', mend: 'Use one of: image.' });
  });
});
