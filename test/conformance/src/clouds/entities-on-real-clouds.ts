import { loadClouds } from '@lifeboat/openstack-client';
import { entities } from '@lifeboat/openstack-entities';
import { entityConformance } from '@lifeboat/openstack-entity-api';
import { ensureOffer, entityBench, makeTenant } from '@lifeboat/testing';
import type { As, Tenant, WorkloadBench } from '@lifeboat/testing';

const MINUTE = 60_000;
const file = process.env['LIFEBOAT_CLOUDS_YAML'] ?? '';

/**
 * The suite of all types in a project of its own in each cloud, given back empty. A spec file for each role, so that one can be run alone.
 */
export function entitiesOnRealClouds(as: As): void {
  describe(`all entity types on real clouds, as ${as}`, () => {
    const tenants: Tenant[] = [];
    let bench: WorkloadBench | undefined;

    beforeAll(async () => {
      const configs = loadClouds({ file });
      for (const name of ['primary', 'recovery']) {
        const config = configs.get(name);
        if (!config) throw new Error(`${file} names no cloud "${name}".`);
        await ensureOffer(config);
        tenants.push(await makeTenant(config, as));
      }
      const [source, target] = tenants.map((tenant) => tenant.open());
      if (!source || !target) throw new Error('There are not two clouds.');
      bench = await entityBench(source, target);
    }, 20 * MINUTE);

    afterAll(async () => {
      await bench?.stop();
      for (const tenant of tenants) await tenant.remove();
    }, 10 * MINUTE);

    const theBench = (): WorkloadBench => {
      if (!bench) throw new Error('The workload was never made.');
      return bench;
    };
    for (const { name, run } of entityConformance(entities)) it(name, () => run(theBench()), 15 * MINUTE);
  });
}
