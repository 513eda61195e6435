import { driverConformance } from '@lifeboat/replication-driver-api';
import type { ReplicationDriver } from '@lifeboat/replication-driver-api';
import { loadDrivers } from '@lifeboat/replication-drivers';
import { BRIEF, IN_MAIN_JOB } from './brief.ts';
import { driversFile } from './drivers-file.ts';
import type { RealBench } from './real-bench.ts';
import { realBench } from './real-bench.ts';

const MINUTE = 60_000;
const file = process.env['LIFEBOAT_CLOUDS_YAML'] ?? '';

const brief = Boolean(process.env['LIFEBOAT_CLOUDS_BRIEF']);

const drivers = await loadDrivers(driversFile());

export const driverNamed = (name: string): ReplicationDriver => drivers.get(name);

/** The whole suite of one driver. A spec file for each, so that one can be run alone; `further`: what else its bench has to look at. */
export function driverOnRealClouds(
  name: string,
  further = (bench: RealBench): RealBench => bench,
  driver = driverNamed(name),
): void {
  (brief && IN_MAIN_JOB.includes(name) ? describe.skip : describe)(`driver ${name} on real clouds`, () => {
    let bench: RealBench;
    beforeAll(async () => {
      bench = further(await realBench(file, name === 'server-snapshot' ? 'server-root' : 'volume', driver.can.rights));
    }, 5 * MINUTE);
    afterAll(() => bench.stop(), 5 * MINUTE);

    for (const test of driverConformance(driver))
      (brief && !BRIEF.includes(test.name) ? it.skip : it)(test.name, () => test.run(bench), 10 * MINUTE);
  });
}
