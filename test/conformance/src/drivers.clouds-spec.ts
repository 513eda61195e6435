import { driverConformance } from '@lifeboat/replication-driver-api';
import { drivers } from '@lifeboat/replication-drivers';
import type { RealBench } from './clouds/real-bench.ts';
import { realBench } from './clouds/real-bench.ts';

const MINUTE = 60_000;
const file = process.env['LIFEBOAT_CLOUDS_YAML'] ?? '';

describe.each(drivers.all)('driver $name on real clouds', (driver) => {
  let bench: RealBench;
  beforeAll(async () => {
    bench = await realBench(file, driver.name === 'server-snapshot' ? 'server-root' : 'volume', driver.can.rights);
  }, 5 * MINUTE);
  afterAll(() => bench.stop(), 5 * MINUTE);

  for (const { name, run } of driverConformance(driver)) it(name, () => run(bench), 10 * MINUTE);
});
