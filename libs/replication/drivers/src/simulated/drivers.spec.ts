import { driverConformance } from '@lifeboat/replication-driver-api';
import { loadDrivers } from '../load-drivers.ts';
import type { SimulatedBench } from '@lifeboat/testing';
import { simulatedBench, simulatedDriversFile } from '@lifeboat/testing';
import { NOT_SIMULATED } from './not-simulated.ts';

const MINUTE = 60_000;

// What an application carries has benches of its own.
const simulated = (await loadDrivers(simulatedDriversFile())).all.filter(
  ({ name, can }) => NOT_SIMULATED[name] === undefined && can.carries !== 'application',
);

describe.each(simulated)('driver $name on simulated clouds', (driver) => {
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
