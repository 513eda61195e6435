import { driverConformance } from '@lifeboat/replication-driver-api';
import { loadDrivers } from '../load-drivers.ts';
import type { SimulatedBench } from '@lifeboat/testing';
import { simulatedBench, simulatedDriversFile } from '@lifeboat/testing';
import { faults, withFault } from './misbehaving.ts';
import { NOT_SIMULATED } from './not-simulated.ts';

const MINUTE = 60_000;

const simulated = (await loadDrivers(simulatedDriversFile())).all.filter(
  ({ name, can }) => NOT_SIMULATED[name] === undefined && can.carries === 'bytes',
);

describe.each(simulated)('driver $name on clouds that misbehave', (driver) => {
  let bench: SimulatedBench;
  beforeEach(async () => {
    bench = await simulatedBench(
      driver.name === 'server-snapshot' ? 'server-root' : 'volume',
      driver.can.rights === 'admin' ? 'admin' : 'demo',
    );
  }, MINUTE);
  afterEach(() => bench.stop(), MINUTE);

  const [carries] = driverConformance(driver);
  it.each(Object.entries(faults))(
    'carries every byte and leaves nothing when a cloud %s',
    async (_how, fault) => {
      await carries?.run(withFault(bench, fault));
      const struck = Object.values(bench.simulators).map(({ faults }) => faults.list()[0]?.struck ?? 0);
      expect(Math.max(...struck)).toBeGreaterThan(0);
    },
    2 * MINUTE,
  );
});
