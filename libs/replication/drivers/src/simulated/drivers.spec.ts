import { driverConformance } from '@lifeboat/replication-driver-api';
import { loadDrivers } from '../load-drivers.ts';
import { simulatedBench, simulatedDriversFile } from '@lifeboat/testing';
import { NOT_SIMULATED } from './not-simulated.ts';

const MINUTE = 60_000;

// What an application carries has benches of its own.
const simulated = (await loadDrivers(simulatedDriversFile())).all.filter(
  ({ name, can }) => NOT_SIMULATED[name] === undefined && can.carries !== 'application',
);

describe.each(simulated)('driver $name on simulated clouds', (driver) => {
  // Each case has clouds of its own, and waits for them most of the time.
  it.concurrent.each(driverConformance(driver))(
    '$name',
    async ({ run }) => {
      const bench = await simulatedBench(
        driver.name === 'server-snapshot' ? 'server-root' : 'volume',
        driver.can.rights === 'admin' ? 'admin' : 'demo',
      );
      try {
        await run(bench);
      } finally {
        await bench.stop();
      }
    },
    3 * MINUTE,
  );
});
