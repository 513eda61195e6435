import { newId } from '@lifeboat/kernel';
import { until } from '@lifeboat/testing';
import { ExampleBench } from './simulated/example-bench.ts';
import type { Outcome } from './simulated/example-bench.ts';
import { MakeEffect, MakeEffectSlowly } from './simulated/example-messages.ts';

const MINUTE = 60_000;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const names = (prefix: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => `${prefix}-${String(i).padStart(3, '0')}`);

describe('two instances of a service', () => {
  let bench: ExampleBench;
  beforeAll(async () => {
    bench = await ExampleBench.start();
    await Promise.all([bench.instance(), bench.instance()]);
  }, MINUTE);
  afterAll(() => bench.stop(), MINUTE);

  const pids = (): readonly (number | undefined)[] => bench.instances.map(({ pid }) => pid);

  /** Calls for each effect, a few milliseconds apart, while `meanwhile` happens; then each must have been made once. */
  async function makeAll(
    effects: readonly string[],
    meanwhile: () => Promise<void>,
  ): Promise<readonly Outcome<unknown>[]> {
    const outcomes: Promise<Outcome<unknown>>[] = [];
    const disturbed = meanwhile();
    for (const effect of effects) {
      outcomes.push(bench.call(MakeEffect, { effect }));
      await pause(10);
    }
    await disturbed;
    return Promise.all(outcomes);
  }

  it(
    'share the work, and do none of it twice',
    async () => {
      const effects = names('shared', 150);
      const outcomes = await makeAll(effects, async () => undefined);
      expect(await bench.effects('shared')).toHaveLength(effects.length);
      const by = outcomes.map(
        (outcome) => 'answered' in outcome && (outcome.answered as { byProcess: number }).byProcess,
      );
      expect(new Set(by)).toEqual(new Set(pids()));
    },
    MINUTE,
  );

  it(
    'make every effect once while nats-server is killed and loses its whole store, again and again',
    async () => {
      const [effects, before] = [names('wiped', 150), pids()];
      await makeAll(effects, async () => {
        for (let i = 0; i < 3; i++) {
          await pause(300);
          await bench.servers.nats.wipe();
          await pause(100);
          await bench.servers.nats.start();
        }
      });
      expect((await bench.effects('wiped')).toSorted()).toEqual(effects);
      expect(pids()).toEqual(before); // none had to be started again
    },
    MINUTE,
  );

  it(
    'make every effect once while PostgreSQL is killed again and again',
    async () => {
      const [effects, before] = [names('crashed', 150), pids()];
      await makeAll(effects, async () => {
        for (let i = 0; i < 3; i++) {
          await pause(400);
          await bench.servers.postgres.kill();
          await pause(100);
          await bench.servers.postgres.start();
        }
      });
      expect((await bench.effects('crashed')).toSorted()).toEqual(effects);
      expect(pids()).toEqual(before);
    },
    MINUTE,
  );

  it(
    'make every effect once while they are killed themselves',
    async () => {
      const effects = names('killed', 150);
      await makeAll(effects, async () => {
        for (let i = 0; i < 6; i++) {
          await pause(300);
          bench.instances[i % 2]?.kill();
        }
      });
      expect((await bench.effects('killed')).toSorted()).toEqual(effects);
    },
    MINUTE,
  );

  it(
    'bring long work to its end, every part of it once, whatever is killed',
    async () => {
      await Promise.all(bench.instances.map((instance) => instance.ready()));
      const id = newId();
      const finished = bench.call(MakeEffectSlowly, { effect: 'parts', steps: 30, stepMs: 50 }, id);
      const disturb = [
        () => bench.instances[0]?.kill(),
        () => bench.servers.nats.wipe().then(() => bench.servers.nats.start()),
        () => bench.instances[1]?.kill(),
        () => bench.servers.postgres.kill().then(() => bench.servers.postgres.start()),
        () => bench.instances.forEach((instance) => instance.kill()),
      ];
      for (const disturbance of disturb) {
        await pause(250);
        await disturbance();
      }
      expect(await finished).toMatchObject({ answered: { effect: 'parts' } });
      const parts = await until('the service', () => bench.effects('parts').catch(() => undefined));
      expect(parts).toEqual(Array.from({ length: 30 }, (_, i) => `parts/${i}`));
    },
    MINUTE,
  );
});
