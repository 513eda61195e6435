import { driverConformance } from '@lifeboat/replication-driver-api';
import { loadDrivers } from '@lifeboat/replication-drivers';
import { BRIEF, IN_MAIN_JOB } from './brief.ts';
import type { RealBench } from './real-bench.ts';
import { realBench } from './real-bench.ts';

const MINUTE = 60_000;
const file = process.env['LIFEBOAT_CLOUDS_YAML'] ?? '';

const drivers = await loadDrivers();

const brief = Boolean(process.env['LIFEBOAT_CLOUDS_BRIEF']);

/** The whole suite of one driver. A spec file for each, so that they run side by side. */
export function driverOnRealClouds(name: string): void {
  const driver = drivers.get(name);
  (brief && IN_MAIN_JOB.includes(name) ? describe.skip : describe)(`driver ${name} on real clouds`, () => {
    let bench: RealBench;
    beforeAll(async () => {
      bench = await realBench(file, name === 'server-snapshot' ? 'server-root' : 'volume', driver.can.rights);
    }, 5 * MINUTE);
    afterAll(() => bench.stop(), 5 * MINUTE);

    for (const test of driverConformance(driver))
      (brief && !BRIEF.includes(test.name) ? it.skip : it)(test.name, () => test.run(bench), 10 * MINUTE);
  });
}
