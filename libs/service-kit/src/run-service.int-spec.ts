import { newId } from '@lifeboat/kernel';
import { dropDeadLetter, listDeadLetters, replayDeadLetter } from '@lifeboat/messaging';
import type { SpanLine } from '@lifeboat/telemetry';
import { until } from '@lifeboat/testing';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExampleBench } from './simulated/example-bench.ts';
import { MakeEffect, MakeEffectSlowly } from './simulated/example-messages.ts';

const MINUTE = 60_000;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('a service', () => {
  let bench: ExampleBench;
  const traces = (): string => join(bench.dir, 'traces.jsonl');
  beforeAll(async () => {
    bench = await ExampleBench.start();
    await bench.instance(true, { LIFEBOAT_TRACE_FILE: traces() });
  }, MINUTE);
  afterAll(() => bench.stop(), MINUTE);

  it(
    'has one effect of a command that comes twice, and answers twice in the same words',
    async () => {
      const id = newId();
      await bench.call(MakeEffect, { effect: 'twice' }, id);
      await bench.send(MakeEffect, { effect: 'twice' }, id, 2);
      const answers = await until('the second answer', async () => pairOf(bench.answersTo(id)), { everyMs: 20 });
      expect(answers[1]).toEqual({ ...answers[0], attempt: 2 });
      expect(await bench.effects('twice')).toEqual(['twice']);
    },
    MINUTE,
  );

  it(
    'takes an event in once, however often it is told',
    async () => {
      const id = newId();
      await bench.call(MakeEffect, { effect: 'told' }, id);
      await bench.send(MakeEffect, { effect: 'told' }, id, 2);
      const [first] = await until('the second answer', async () => pairOf(bench.answersTo(id)), { everyMs: 20 });
      await until('it to be heard', async () =>
        (await bench.effects(`heard ${first?.id}`)).length ? true : undefined,
      );
      await pause(300); // long enough for the repeat to be taken in too
      expect(await bench.effects(`heard ${first?.id}`)).toHaveLength(1);
    },
    MINUTE,
  );

  it(
    'leaves nothing of a decision that is refused, and says why',
    async () => {
      const outcome = await bench.call(MakeEffect, { effect: 'refused', afterwards: 'refuse' });
      expect(outcome).toEqual({
        failed: { kind: 'conflict', code: 'effect-refused', message: 'Effect refused is refused.' },
      });
      expect(await bench.effects('refused')).toEqual([]);
    },
    MINUTE,
  );

  it(
    'answers a mistake of its own as one',
    async () => {
      const outcome = await bench.call(MakeEffect, { effect: 'broken', afterwards: 'break' });
      expect(outcome).toMatchObject({ failed: { kind: 'bug' } });
      expect(await bench.effects('broken')).toEqual([]);
    },
    MINUTE,
  );

  it(
    'tries again what may work later, and leaves one effect',
    async () => {
      const outcome = await bench.call(MakeEffect, { effect: 'patient', afterwards: 'fail-twice' });
      expect(outcome).toMatchObject({ answered: { effect: 'patient' } });
      expect(await bench.effects('patient')).toEqual(['patient']);
    },
    MINUTE,
  );

  it(
    'keeps what it cannot understand as a dead letter, until it is replayed or dropped',
    async () => {
      const id = await bench.send(MakeEffect, { effect: 5 });
      await bench.send({ ...MakeEffect, subject: 'lifeboat.cmd.image.unheard-of.v1' }, {});
      const found = await until('two dead letters', async () => pairOf(await listDeadLetters(bench.bus)), {
        everyMs: 20,
      });
      const letters = found.toSorted((a, b) => (a.subject < b.subject ? -1 : 1));
      expect(letters.map(({ subject, reason }) => [subject, reason])).toEqual([
        [MakeEffect.subject, expect.stringMatching(/^message-malformed: .*effect: .*string/)],
        ['lifeboat.cmd.image.unheard-of.v1', expect.stringMatching(/^command-unknown: /)],
      ]);
      expect(letters[0]?.id).toBe(id);

      await replayDeadLetter(bench.bus, letters[0]?.sequence ?? 0);
      await dropDeadLetter(bench.bus, letters[1]?.sequence ?? 0);
      const again = await until('it to fail again', async () => {
        const [letter] = await listDeadLetters(bench.bus);
        return letter?.id === id && letter.sequence > (letters[0]?.sequence ?? 0) ? letter : undefined;
      });
      expect(again.reason).toBe(letters[0]?.reason);
      expect(await listDeadLetters(bench.bus)).toHaveLength(1);
      await expect(replayDeadLetter(bench.bus, letters[1]?.sequence ?? 0)).rejects.toMatchObject({ kind: 'not-found' });
      await dropDeadLetter(bench.bus, again.sequence);
    },
    MINUTE,
  );

  it(
    'goes on with long work where a killed process had come to, without waiting for its lease',
    async () => {
      const [instance] = bench.instances;
      const id = newId();
      const finished = bench.call(MakeEffectSlowly, { effect: 'long', steps: 20, stepMs: 100 }, id);
      await until('half of it', async () => ((await bench.effects('long')).length >= 8 ? true : undefined), {
        everyMs: 20,
      });
      instance?.kill();
      // Who waited for a lease that the killed one held would wait longer than this test.
      await bench.stretchLeases();
      expect(await finished).toMatchObject({ answered: { effect: 'long' } });
      expect(await bench.effects('long')).toEqual(Array.from({ length: 20 }, (_, i) => `long/${i}`));
    },
    MINUTE,
  );

  it(
    'works as part of the trace that a command came with, and passes it on',
    async () => {
      const [traceId, spanId] = ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331'];
      const more = { traceparent: `00-${traceId}-${spanId}-01` };
      const id = await bench.send(MakeEffect, { effect: 'traced' }, newId(), 1, more);
      const answer = await until('the answer', async () => bench.answersTo(id)[0], { everyMs: 20 });
      const spans = await until('the spans', async () => {
        const lines = (await readFile(traces(), 'utf8')).trim().split('\n');
        const ours = lines.map((line) => JSON.parse(line) as SpanLine).filter((span) => span.traceId === traceId);
        return ours.some((span) => span.parentId === spanId) ? ours : undefined;
      });
      const handling = spans.find((span) => span.parentId === spanId);
      expect(handling).toMatchObject({ name: `example ${MakeEffect.subject}`, failed: false });
      expect(handling?.attributes).toMatchObject({ 'messaging.message.id': id, 'lifeboat.run': 'run-spec' });
      expect(answer.traceparent).toBe(`00-${traceId}-${handling?.spanId}-01`);
      const statements = spans.filter((span) => span.parentId === handling?.spanId).map((span) => span.name);
      expect(statements).toContainEqual(expect.stringMatching(/^pg\.query:INSERT/));
    },
    MINUTE,
  );
});

const pairOf = <T>(all: readonly T[]): readonly T[] | undefined => (all.length >= 2 ? all : undefined);
