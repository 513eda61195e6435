import type { Cloud } from './cloud.ts';
import { openCloud } from './open-cloud.ts';
import { readQuotas } from './quota.ts';
import { playCloud } from './simulated/played-cloud.ts';
import type { PlayedCloud } from './simulated/played-cloud.ts';
import { refusalOf } from './simulated/refusal-of.ts';

describe('what a project may still take', () => {
  let played: PlayedCloud;
  let cloud: Cloud;
  let project: string;
  const absolute = (limits: Record<string, number>) => ({ json: { limits: { absolute: limits } } });
  beforeEach(async () => {
    played = await playCloud();
    cloud = openCloud(played.config);
    project = (await cloud.whoAmI()).projectId;
    played.on(
      'GET /compute/v2.1/limits',
      absolute({
        maxTotalInstances: 10,
        totalInstancesUsed: 3,
        maxTotalCores: -1,
        totalCoresUsed: 4,
        maxTotalKeypairs: 100,
      }),
    );
    played.on('GET /compute/v2.1/os-keypairs', { json: { keypairs: [{}, {}] } });
    played.on(`GET /volume/v3/${project}/limits`, absolute({ maxTotalVolumeGigabytes: 50, totalGigabytesUsed: 7 }));
    played.on(`GET /volume/v3/${project}/os-quota-sets/${project}`, {
      json: {
        quota_set: {
          id: project,
          volumes: { limit: 10, in_use: 1, reserved: 0 },
          groups: { limit: 10, in_use: 1, reserved: 1 },
          gigabytes_gold: { limit: 100, in_use: 60, reserved: 0 },
          gigabytes_standard: { limit: -1, in_use: 60, reserved: 0 },
        },
      },
    });
    played.on(`GET /network/v2.0/quotas/${project}/details.json`, {
      json: { quota: { port: { limit: 20, used: 5, reserved: 2 } } },
    });
  });
  afterEach(async () => {
    await cloud.close();
    await played.stop();
  });

  it('is read from limits and quotas of all services, what is reserved counted as used', async () => {
    expect(Object.fromEntries(await readQuotas(cloud))).toEqual({
      'compute:instances': { limit: 10, used: 3 },
      'compute:cores': { limit: -1, used: 4 },
      'compute:keypairs': { limit: 100, used: 2 },
      'volume:gigabytes': { limit: 50, used: 7 },
      'volume:groups': { limit: 10, used: 2 },
      'volume:gigabytes_gold': { limit: 100, used: 60 },
      'network:port': { limit: 20, used: 7 },
    });
  });

  it('is left open where the cloud does not tell', async () => {
    played.on(`GET /network/v2.0/quotas/${project}/details.json`, {
      status: 404,
      json: { NeutronError: { message: 'no such extension' } },
    });
    played.on(`GET /volume/v3/${project}/limits`, {
      status: 403,
      json: { forbidden: { message: "Policy doesn't allow limits" } },
    });
    played.on(`GET /volume/v3/${project}/os-quota-sets/${project}`, {
      status: 403,
      json: { forbidden: { message: "Policy doesn't allow quotas" } },
    });
    expect([...(await readQuotas(cloud)).keys()]).toEqual(['compute:instances', 'compute:cores', 'compute:keypairs']);
  });

  it('is not held to be open when the cloud only did not answer', async () => {
    played.on('GET /compute/v2.1/limits', { status: 500, text: 'no' });
    expect(await refusalOf(readQuotas(cloud))).toMatchObject({ kind: 'unavailable' });
  });
});
