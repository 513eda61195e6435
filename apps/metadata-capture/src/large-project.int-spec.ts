import { until } from '@lifeboat/testing';
import { CaptureBench } from './simulated/capture-bench.ts';

const MINUTE = 60_000;
/** Each with two ports, and every second one with a second volume: what is told of them is beyond what one message of NATS takes. */
const SERVERS = 5_200;
const VOLUMES = 1.5 * SERVERS;
const MESSAGE_BYTES = 1024 * 1024;

describe('a project of thousands of servers', () => {
  let bench: CaptureBench;
  beforeAll(async () => {
    bench = await CaptureBench.start();
    await bench.grow(SERVERS);
    await bench.protect('shop');
  }, 5 * MINUTE);
  afterAll(() => bench.stop(), MINUTE);

  const count = (of: readonly { readonly kind: string; readonly name: string }[], kind: string): number =>
    of.filter((one) => one.kind === kind && one.name.startsWith(kind === 'server' ? 'srv-' : '')).length;

  it(
    'has all named that no group protects',
    async () => {
      const { unprotected } = await bench.api.metadata.ofGroup('shop');
      expect(count(unprotected, 'server')).toBe(SERVERS);
      expect(count(unprotected, 'volume')).toBe(VOLUMES);
      expect(JSON.stringify(unprotected).length).toBeGreaterThan(MESSAGE_BYTES);
    },
    2 * MINUTE,
  );

  it(
    'is previewed as a whole',
    async () => {
      const { entities, unprotected } = await bench.api.groups.preview('alpha', { project: true });
      expect(unprotected).toEqual([]);
      expect(count(entities, 'server')).toBe(SERVERS);
      expect(count(entities, 'volume')).toBeGreaterThanOrEqual(VOLUMES);
      expect(count(entities, 'port')).toBeGreaterThanOrEqual(2 * SERVERS);
    },
    2 * MINUTE,
  );

  it(
    'is shown as it was at an instant',
    async () => {
      await bench.putGroup('all', { project: true });
      const entities = await until('the group to be known', () =>
        bench.api.metadata.asOf('all', new Date().toISOString()).then(
          (topology) => topology.entities,
          () => undefined,
        ),
      );
      expect(count(entities, 'server')).toBe(SERVERS);
      expect(count(entities, 'port')).toBeGreaterThanOrEqual(2 * SERVERS);
    },
    2 * MINUTE,
  );
});
