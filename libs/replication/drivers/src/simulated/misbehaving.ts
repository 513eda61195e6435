import type { FaultSpec } from '@lifeboat/openstack-simulator';
import type { Bench } from '@lifeboat/replication-driver-api';
import type { SimulatedBench } from '@lifeboat/testing';
import { setTimeout as pause } from 'node:timers/promises';

const changing = { method: 'POST|PUT|PATCH|DELETE', path: '^/(volume|image|compute)/' };

/** What a cloud does at times; every driver has to stand it. */
export const faults: Readonly<Record<string, FaultSpec>> = {
  'does what it was asked and cuts the connection': { kind: 'reset-after', ...changing, count: 6 },
  'cuts its answers in half': { kind: 'truncate', ...changing, count: 6 },
  'answers 503 to everything now and then': { kind: 'error', status: 503, path: changing.path, count: 20 },
  'shows new things late in its lists': { kind: 'list-lag', path: changing.path, ms: 300 },
};

/** Both clouds misbehave as soon as the disk is there. */
export const withFault = (bench: SimulatedBench, fault: FaultSpec): Bench => ({
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
