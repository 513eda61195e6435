import { command, event } from '@lifeboat/contracts';
import fc from 'fast-check';
import { z } from 'zod';
import { decide } from './decide.ts';
import type { SagaInput } from './decide.ts';
import type { Item, Row, SagaDefinition, Stage } from './definition.ts';
import { to } from './definition.ts';
import { later, nextDue, pivoted } from './due.ts';
import type { SagaEvent, SagaState } from './history.ts';
import { awaited, emptySaga, evolve, replay, stepOf } from './history.ts';
import { stagesOf } from './stages.ts';
import type { Outgoing } from './turn.ts';

/** Any definition, and anything that may happen to it in any order: what must hold whatever the definitions of tomorrow are. */
const START = '2026-01-01T00:00:00.000Z';
const ANY = z.record(z.string(), z.unknown());
const answer = event({ context: 'data', name: 'any', summary: 'Of the specs.', data: ANY, sample: {} });
const any = command({ context: 'data', name: 'any', summary: 'Of the specs.', data: ANY, answer, sample: {} });

type Happening =
  | { readonly what: 'answer' | 'repeat' | 'stray'; readonly pick: number }
  | { readonly what: 'failure'; readonly pick: number; readonly passes: boolean }
  | { readonly what: 'tick'; readonly afterMs: number }
  | { readonly what: 'start' | 'abort' | 'retry' | 'give-up' | 'commit' | 'superseded' };

const anyStep = fc.record({
  undo: fc.boolean(),
  retry: fc.option(fc.nat(2)),
  within: fc.option(fc.integer({ min: 1, max: 90 })),
  /** So many seconds it is held, when it is no step but a hold; 0: not at all. */
  held: fc.option(fc.record({ seconds: fc.nat(90), whenOver: fc.constantFrom('go on' as const, 'undo' as const) }), {
    freq: 4,
  }),
});
type AnyStep = typeof anyStep extends fc.Arbitrary<infer T> ? T : never;

function rowOf({ undo, retry, within, held }: AnyStep, name: string, side: 'before' | 'pivot' | 'after'): Row {
  if (held && side === 'before') {
    const forMs = held.seconds > 0 ? held.seconds * 1_000 : undefined;
    return { name, pivot: false, hold: { word: 'commit', forMs: () => forMs, whenOver: () => held.whenOver } };
  }
  return {
    name,
    pivot: side === 'pivot',
    send: () => to(any, { do: name }),
    keep: () => ({ [name]: true }),
    ...(undo && side === 'before' && { undo: () => to(any, { undo: name }) }),
    ...(retry !== null && { retry: { times: retry, everyMs: 5_000 } }),
    ...(within !== null && { withinMs: within * 1_000 }),
  };
}

/** Rows for each of a few items, some of one name, that the very first row keeps; some rows are for the longer names only. */
const anyEach = fc.record({
  at: fc.nat(4),
  items: fc.array(fc.constantFrom('a', 'b', 'long'), { maxLength: 3 }),
  rows: fc.array(fc.record({ step: anyStep, longOnly: fc.boolean() }), { minLength: 1, maxLength: 3 }),
});
const anyDefinition = fc
  .record({
    stages: fc.array(fc.array(anyStep, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 5 }),
    pivot: fc.option(fc.nat(4)),
    each: fc.option(anyEach, { freq: 3 }),
    deadline: fc.integer({ min: 30, max: 600 }),
  })
  .map(({ stages, pivot, each, deadline }): SagaDefinition => {
    const at = pivot === null ? stages.length : Math.min(pivot, stages.length - 1);
    const side = (i: number) => (i < at ? 'before' : i === at ? 'pivot' : 'after');
    const all: Stage[] = stages.map((stage, i) =>
      (i === at ? stage.slice(0, 1) : stage).map((row, j) => rowOf(row, `${i}.${j}`, side(i))),
    );
    if (each && at > 0) {
      const first = rowOf({ ...stages[0]?.[0], held: null } as AnyStep, '0.0', 'before');
      all[0] = [
        { ...first, keep: () => ({ items: each.items.map((name) => ({ name })) }) } as Row,
        ...rowsOf(all[0]).slice(1),
      ];
      all.splice(Math.min(Math.max(1, each.at), at), 0, {
        as: 'item',
        list: ({ items }: { readonly items?: readonly Item[] }) => items,
        rows: each.rows.map(({ step, longOnly }, j) => ({
          ...rowOf(step, `each ${j}`, 'before'),
          ...(longOnly && { only: ({ name }: Item) => name.length > 1 }),
        })),
      } as Stage);
    }
    return {
      name: 'any',
      version: 1,
      start: any,
      key: () => '',
      supersedes: [],
      aborts: [],
      deadlineMs: deadline * 1_000,
      stages: all,
    };
  });

const rowsOf = (stage: Stage | undefined): readonly Row[] => (stage && !('as' in stage) ? stage : []);

const anyHappening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ what: fc.constant('answer' as const), pick: fc.nat(3) }) },
  { weight: 4, arbitrary: fc.record({ what: fc.constant('failure' as const), pick: fc.nat(3), passes: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({ what: fc.constant('tick' as const), afterMs: fc.integer({ min: 0, max: 60_000 }) }),
  },
  { weight: 2, arbitrary: fc.record({ what: fc.constantFrom('repeat' as const, 'stray' as const), pick: fc.nat(9) }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constantFrom('start' as const, 'retry' as const, 'commit' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ what: fc.constantFrom('abort' as const, 'give-up' as const, 'superseded' as const) }),
  },
);

/** A saga and the messages that its runner would know of. */
class World {
  state: SagaState = emptySaga;
  now = START;
  readonly history: SagaEvent[] = [];
  readonly sent: Outgoing[] = [];
  readonly inputs: { readonly input: SagaInput; readonly now: string }[] = [];

  constructor(readonly definition: SagaDefinition) {
    this.take({ type: 'start', data: {} });
  }

  take(input: SagaInput): readonly SagaEvent[] {
    const { events, commands } = decide({ id: 'saga-1', definition: this.definition }, this.state, input, this.now);
    this.inputs.push({ input, now: this.now });
    this.state = events.reduce(evolve, this.state);
    this.history.push(...events);
    this.sent.push(...commands);
    return events;
  }

  happen(it: Happening): void {
    this.now = later(this.now, it.what === 'tick' ? it.afterMs : 100);
    const input = this.inputOf(it);
    if (input) this.take(input);
  }

  private inputOf(it: Happening): SagaInput | undefined {
    if (it.what === 'tick') return { type: 'tick' };
    if (it.what === 'start') return { type: 'start', data: {} };
    if (it.what === 'superseded') return { type: 'superseded', by: 'run-2' };
    if (!('pick' in it)) return { type: 'steer', action: it.what, by: 'operator' };
    if (it.what === 'stray') return { type: 'answer', commandId: `stray-${it.pick}`, data: {} };
    const from = it.what === 'repeat' ? this.sent.map((c) => c.id) : awaited(this.state);
    const commandId = from[it.pick % Math.max(1, from.length)];
    if (commandId === undefined) return undefined;
    if (it.what === 'failure')
      return {
        type: 'failure',
        commandId,
        error: { kind: it.passes ? 'unavailable' : 'conflict', code: 'broken', message: 'Broken.' },
      };
    return { type: 'answer', commandId, data: {} };
  }
}

const started = (
  history: readonly SagaEvent[],
  type: 'step-started' | 'undo-started' | 'undone',
): readonly string[] => [...new Set(history.flatMap((e) => (e.type === type ? [e.step] : [])))];

/** Runs anything that may happen, and asks after each happening and at the end. */
const whatever = (
  holds: (world: World) => void,
  after: (world: World, before: SagaState) => void = () => undefined,
): void =>
  fc.assert(
    fc.property(anyDefinition, fc.array(anyHappening, { maxLength: 60 }), (definition, happenings) => {
      const world = new World(definition);
      for (const happening of happenings) {
        const before = world.state;
        world.happen(happening);
        after(world, before);
      }
      holds(world);
    }),
    { numRuns: 600 },
  );

describe('whatever the definition and whatever happens,', () => {
  it('no step is undone that was not started, and only one is undone at a time, the last started first', () =>
    whatever(({ history }) => {
      const order: string[] = [];
      let undoing: string | undefined;
      for (const e of history) {
        if (e.type === 'step-started' && !order.includes(e.step)) order.push(e.step);
        if (e.type === 'undone' || e.type === 'undo-failed') undoing = undefined;
        if (e.type !== 'undo-started') continue;
        expect(order).toContain(e.step);
        expect(undoing).toBeUndefined();
        undoing = e.step;
      }
      const undone = started(history, 'undone').map((step) => order.indexOf(step));
      expect(undone).toEqual([...undone].sort((a, b) => b - a));
    }));

  it('a saga ends once, and nothing follows', () =>
    whatever(({ history }) => {
      const ends = history.filter((e) => e.type === 'ended');
      expect(ends.length).toBeLessThanOrEqual(1);
      if (ends.length === 1) expect(history.at(-1)?.type).toBe('ended');
    }));

  it('a completed saga has done every step and undone none; an undone one has undone every step it started and never reached its pivot', () =>
    whatever(({ definition, state, history }) => {
      const steps = stagesOf(definition, state.data).flat();
      if (state.outcome === 'completed') {
        expect(started(history, 'undo-started')).toEqual([]);
        expect(steps.map((s) => stepOf(state, s.name).phase)).toEqual(steps.map(() => 'done'));
      }
      if (state.outcome === 'undone') {
        const undoable = started(history, 'step-started').filter((name) => steps.find((s) => s.name === name)?.undo);
        expect([...started(history, 'undone')].sort()).toEqual([...undoable].sort());
        expect(pivoted(definition, state)).toBe(false);
      }
    }));

  it('nothing is undone after the pivot was begun, and the pivot is not begun while anything is undone', () =>
    whatever(({ definition, history }) => {
      const pivots = stagesOf(definition, {})
        .flat()
        .flatMap((s) => (s.pivot ? [s.name] : []));
      const begun = history.some((e) => e.type === 'step-started' && pivots.includes(e.step));
      expect(begun && history.some((e) => e.type === 'undo-began')).toBe(false);
    }));

  it('no step begins once the undoing has begun', () =>
    whatever(({ history }) => {
      const from = history.findIndex((e) => e.type === 'undo-began');
      if (from >= 0) expect(history.slice(from).filter((e) => e.type === 'step-started')).toEqual([]);
    }));

  it('a step begins only when all before it are done', () =>
    whatever(({ definition, state, history }) => {
      const stages = stagesOf(definition, state.data);
      const done = new Set<string>();
      for (const e of history) {
        if (e.type === 'step-done') done.add(e.step);
        if (e.type !== 'step-started') continue;
        const stage = stages.findIndex((rows) => rows.some((s) => s.name === e.step));
        expect(stage).toBeGreaterThanOrEqual(0);
        for (const s of stages.slice(0, stage).flat()) expect(done).toContain(s.name);
      }
    }));

  it('rows that stand for items neither come nor go while the run is at them', () =>
    whatever(
      () => undefined,
      ({ definition, state }, before) => {
        const names = (data: SagaState['data']) =>
          stagesOf(definition, data)
            .flat()
            .map(({ name }) => name);
        if ('items' in before.data) expect(names(state.data)).toEqual(names(before.data));
        else for (const name of state.order) expect(names(state.data)).toContain(name);
      },
    ));

  it('an operator is asked with the true list of what is left', () =>
    whatever(({ definition, state }) => {
      if (state.outcome !== 'needs-operator') return;
      const steps = stagesOf(definition, state.data).flat();
      const left = steps.filter((s) =>
        state.resume === 'undoing'
          ? s.undo && !['waiting', 'undone'].includes(stepOf(state, s.name).phase)
          : stepOf(state, s.name).phase === 'failed',
      );
      expect(left.length).toBeGreaterThan(0);
      expect(state.left).toEqual(left.map((s) => s.name));
    }));

  it('every beginning is one command under an id of its own, stored before it is sent', () =>
    whatever(({ history, sent }) => {
      const begun = history.flatMap((e) =>
        e.type === 'step-started' || e.type === 'undo-started' ? [e.commandId] : [],
      );
      expect(sent.map((c) => c.id)).toEqual(begun);
      expect(new Set(begun).size).toBe(begun.length);
    }));

  it('what is to be sent again is what a running saga waits for, and never a step that is to be undone', () =>
    whatever(({ state }) => {
      const ids = awaited(state);
      for (const step of Object.values(state.steps))
        if (step.commandId !== undefined && ids.includes(step.commandId))
          expect(step.phase).toBe(state.outcome === 'running' ? 'started' : 'undoing');
    }));

  it('the same inputs give the same history, and the state is what the replayed history says', () =>
    whatever(({ definition, history, state, inputs }) => {
      expect(replay(JSON.parse(JSON.stringify(history)) as SagaEvent[])).toEqual(state);
      let [again, at]: [SagaEvent[], SagaState] = [[], emptySaga];
      for (const { input, now } of inputs) {
        const { events } = decide({ id: 'saga-1', definition }, at, input, now);
        [again, at] = [[...again, ...events], events.reduce(evolve, at)];
      }
      expect(again).toEqual(history);
    }));

  it('a tick does nothing before the next thing is due, and something then', () =>
    whatever((world) => {
      const due = nextDue(world.definition, world.state);
      world.now = due === undefined ? later(world.now, 1e9) : later(due, -1);
      if (due === undefined || due > world.now) expect(world.take({ type: 'tick' })).toEqual([]);
      if (due === undefined) return;
      world.now = due;
      expect(world.take({ type: 'tick' }).length).toBeGreaterThan(0);
    }));

  it('the saga ends when everything is answered and operators retry what failed', () =>
    whatever((world) => {
      for (let turn = 0; turn < 100 && !world.state.ended; turn++) {
        const [commandId] = awaited(world.state);
        const due = nextDue(world.definition, world.state);
        if (world.state.outcome === 'needs-operator') world.take({ type: 'steer', action: 'retry', by: 'operator' });
        else if (commandId !== undefined) world.take({ type: 'answer', commandId, data: {} });
        else {
          world.now = due !== undefined && due > world.now ? due : world.now;
          world.take({ type: 'tick' });
        }
      }
      expect(world.state.ended).toBe(true);
    }));
});
