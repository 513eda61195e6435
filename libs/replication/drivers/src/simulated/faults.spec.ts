import type { FaultSpec } from '@lifeboat/openstack-simulator';
import { driverConformance } from '@lifeboat/replication-driver-api';
import type { Bench } from '@lifeboat/replication-driver-api';
import { setTimeout as pause } from 'node:timers/promises';
import { loadDrivers } from '../load-drivers.ts';
import type { SimulatedBench } from '@lifeboat/testing';
import { simulatedBench, simulatedDriversFile } from '@lifeboat/testing';
import { NOT_SIMULATED } from './not-simulated.ts';

const MINUTE = 60_000;
const changing = { method: 'POST|PUT|PATCH|DELETE', path: '^/(volume|image|compute)/' };

const faults: Readonly<Record<string, FaultSpec>> = {
  'does what it was asked and cuts the connection': { kind: 'reset-after', ...changing, count: 6 },
  'cuts its answers in half': { kind: 'truncate', ...changing, count: 6 },
  'answers 503 to everything now and then': { kind: 'error', status: 503, path: changing.path, count: 20 },
  'shows new things late in its lists': { kind: 'list-lag', path: changing.path, ms: 300 },
};

/** Both clouds misbehave as soon as the disk is there. */
const withFault = (bench: SimulatedBench, fault: FaultSpec): Bench => ({
  ...bench,
  async disk() {
    const disk = await bench.disk();
    for (const simulator of Object.values(bench.simulators)) simulator.faults.add(fault);
    return disk;
  },
  /** What was just made may not be shown yet, and is to be counted. */
  async marked(side) {
    await pause(fault.kind === 'list-lag' ? (fault.ms ?? 0) : 0);
    return bench.marked(side);
  },
  patienceMs: 60_000,
});

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
