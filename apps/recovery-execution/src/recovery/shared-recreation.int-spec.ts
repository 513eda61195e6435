import { EntitiesRecreated, RecreateEntities } from '@lifeboat/contracts';
import { newId } from '@lifeboat/kernel';
import { until } from '@lifeboat/testing';
import type { ServiceProcess } from '@lifeboat/testing';
import { RecoveryBench } from '../simulated/recovery-bench.ts';

const MINUTE = 60_000;
/** More than one process has in hand at once, by the time the other one is at it too. */
const SERVERS = 30;
/** So that there is time to take part, and to die. */
const SLOW_MS = 500;

/** Creates that a process has asked the recovery site for since it was started. */
async function createsOf(process: ServiceProcess): Promise<number> {
  const counts = (await process.metrics().catch(() => ''))
    .split('\n')
    .filter((line) => line.startsWith('lifeboat_openstack_call_seconds_count{'))
    .filter((line) => line.includes('"POST"') && !line.includes('"keystone"'));
  return counts.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

describe('a recreation that two processes are at', () => {
  let bench: RecoveryBench;
  beforeAll(async () => void (bench = await RecoveryBench.start(SERVERS)), 5 * MINUTE);
  afterAll(() => bench.stop(), MINUTE);

  it(
    'is made by both, each thing once, also when one of them is killed in the middle; and all of it is removed again',
    async () => {
      const { there, pair, fleet } = bench;
      const before = await there.inventory();
      there.faults.add({ kind: 'latency', method: 'POST|PUT', path: '/v2', ms: SLOW_MS });
      const runId = newId();
      const recreated = bench.ask(RecreateEntities, await bench.recreation(runId));
      await until(
        'both to have made something',
        async () => ((await Promise.all(pair.map(createsOf))).every((count) => count > 0) ? true : undefined),
        { timeoutMs: MINUTE, everyMs: 20 },
      );
      pair[0].kill();
      expect(await recreated).toMatchObject({
        type: EntitiesRecreated.subject,
        data: { runId, entities: fleet.length },
      });
      const after = await there.inventory();
      const marks = [...after.servers, ...after.ports].map(({ name }) => name);
      expect(after.servers).toHaveLength(before.servers.length + SERVERS);
      expect(after.ports.filter(({ name }) => String(name).startsWith('srv-'))).toHaveLength(SERVERS);
      expect(new Set(marks).size).toBe(marks.length);
      there.faults.clear();
      await bench.remove(runId);
      const left = await there.inventory();
      for (const kind of ['servers', 'ports', 'networks', 'subnets'] as const)
        expect(left[kind]).toHaveLength(before[kind].length);
      // Neutron makes the default one when somebody first asks.
      expect(left.securityGroups.filter(({ name }) => name !== 'default')).toEqual([]);
    },
    6 * MINUTE,
  );
});
