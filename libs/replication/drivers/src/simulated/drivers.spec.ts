import { driverConformance } from '@lifeboat/replication-driver-api';
import { loadDrivers } from '../load-drivers.ts';
import type { SimulatedBench } from '@lifeboat/testing';
import { simulatedBench } from '@lifeboat/testing';

const MINUTE = 60_000;

describe.each((await loadDrivers()).all)('driver $name on simulated clouds', (driver) => {
  let bench: SimulatedBench;
  beforeEach(async () => {
    bench = await simulatedBench(
      driver.name === 'server-snapshot' ? 'server-root' : 'volume',
      driver.can.rights === 'admin' ? 'admin' : 'demo',
    );
  });
  afterEach(() => bench.stop());

  for (const { name, run } of driverConformance(driver)) it(name, () => run(bench), MINUTE);
});
