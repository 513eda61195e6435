import { ForecastRun, ListRuns, StartFailover } from '@lifeboat/contracts';
import type { CommandDef, Envelope, RunStep } from '@lifeboat/contracts';
import { ask } from '@lifeboat/messaging';
import { definitionOf, drill, failover, sagas } from '@lifeboat/saga-definitions';
import { isEach, outlineOf } from '@lifeboat/saga-engine';
import { until } from '@lifeboat/testing';
import { existsSync, readFileSync } from 'node:fs';
import { FAILOVER, SagaBench } from './simulated/saga-bench.ts';
import type { Begun } from './simulated/saga-bench.ts';

const REFUSED = { kind: 'conflict', code: 'refused', message: 'It was refused.' } as const;

/** A hundred times what most of it takes: the machine may be busy. */
const MINUTE = 60_000;

/** Ends by itself. */
function withoutHold(start: CommandDef): CommandDef {
  const { keepForSeconds: _held, ...sample } = start.sample as { readonly keepForSeconds?: number };
  return { ...start, sample };
}

/** Of a run without a commit window the row of it sends nothing. */
const sending = (steps: readonly RunStep[]): readonly RunStep[] => steps.filter(({ name }) => name !== 'commit window');

/** Of each the newest version. Failovers come first: they have most of the rows that others share. */
const newest = [...new Set([failover.name, 'planned-failover', ...sagas.map(({ name }) => name)])].map((name) => {
  const one = definitionOf(sagas, name);
  return name === drill.name ? { ...one, start: withoutHold(one.start) } : one;
});

/** Sagas share rows: each command is tried in the first that sends it. */
const tried = new Set<string>();
const untried = (commands: readonly string[]): readonly string[] =>
  [...new Set(commands)].filter((command) => !tried.has(command) && tried.add(command));

let bench: SagaBench;
let count = 0;
const newGroup = (): string => `grp-${++count}`;
const errorOf = ({ data }: Envelope) =>
  (data as { readonly error: { readonly code: string; readonly message: string; readonly data?: unknown } }).error;

beforeAll(async () => {
  bench = await SagaBench.start();
}, MINUTE);
afterAll(() => bench.stop(), MINUTE);

describe('a run', () => {
  it(
    'goes through its steps and says so',
    async () => {
      const { runId } = await bench.failover(newGroup());
      const run = await bench.reaches(runId, 'completed');
      expect(bench.contexts.effects(runId)).toEqual(FAILOVER);
      expect(run.steps.every(({ state }) => state === 'done')).toBe(true);
      const steps = sending(run.steps);
      expect(steps).toHaveLength(FAILOVER.length);
      for (const { startedAt, endedAt, attempts } of steps) {
        expect(Date.parse(endedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(startedAt ?? ''));
        expect(attempts).toBe(1);
      }
      await until('run-ended to be heard', async () => bench.told(runId, 'run-ended')[0]);
      expect(bench.told(runId, 'run-ended').map((e) => e.data)).toMatchObject([
        { runId, kind: 'failover', outcome: 'completed' },
      ]);
      const changes = bench
        .told(runId, 'step-changed')
        .map((e) => e.data as { readonly step: string; readonly state: string });
      for (const { name } of steps)
        expect(changes.filter((c) => c.step === name).map((c) => c.state)).toEqual(['started', 'done']);
    },
    MINUTE,
  );

  it(
    'is one trace: from the request that started it to every command and every step',
    async () => {
      const { runId, traceId } = await bench.failover(newGroup());
      expect((await bench.reaches(runId, 'completed')).traceId).toBe(traceId);
      expect([...new Set(bench.contexts.of(runId).map(({ envelope }) => envelope.traceparent?.split('-')[1]))]).toEqual(
        [traceId],
      );
      const names = await until('spans of all steps', async () => {
        const file = `${bench.tracesDir}/saga.jsonl`;
        if (!existsSync(file)) return undefined;
        const lines = readFileSync(file, 'utf8')
          .split('\n')
          .filter((line) => line.includes(traceId));
        const found = lines.map((line) => (JSON.parse(line) as { readonly name: string }).name);
        return found.includes('run failover') ? found : undefined;
      });
      expect(names.filter((name) => name.startsWith('step '))).toHaveLength(FAILOVER.length);
    },
    MINUTE,
  );

  it(
    'is listed with its group, newest first',
    async () => {
      const groupId = newGroup();
      const first = await bench.failover(groupId);
      await bench.reaches(first.runId, 'completed');
      const second = await bench.failover(groupId);
      await bench.reaches(second.runId, 'completed');
      const { runs } = await ask(bench.bus, ListRuns, { groupId });
      expect(runs.map((r) => r.runId)).toEqual([second.runId, first.runId]);
    },
    MINUTE,
  );

  it(
    'is not known by another name',
    async () => {
      await expect(bench.run('nobody')).rejects.toMatchObject({ code: 'run-not-found' });
      await expect(bench.steer('nobody', 'abort')).rejects.toMatchObject({ code: 'run-not-found' });
    },
    MINUTE,
  );
});

describe('starting', () => {
  it(
    'the same run twice starts it once and is answered twice',
    async () => {
      const groupId = newGroup();
      const { runId } = await bench.failover(groupId);
      await bench.reaches(runId, 'completed');
      const before = bench.told(runId, 'run-started').length;
      await bench.send(StartFailover, { runId, groupId, reason: 'spec' }, 2);
      await until('a second answer', async () => (bench.told(runId, 'run-started').length > before ? true : undefined));
      expect(bench.contexts.effects(runId)).toEqual(FAILOVER);
    },
    MINUTE,
  );

  it(
    'five runs of one group at once starts one and refuses the others by its name',
    async () => {
      const groupId = newGroup();
      const ids = ['a', 'b', 'c', 'd', 'e'].map((letter) => `run-${groupId}-${letter}`);
      const free = Promise.withResolvers<void>();
      for (const id of ids) bench.contexts.when(id, 'unlock-group', { holdsUntil: free.promise });
      await Promise.all(ids.map((id) => bench.failover(groupId, id)));
      const refusals = await until('four refusals', async () => {
        const found = ids.flatMap((id) => bench.told(id, 'command-failed'));
        return found.length === 4 ? found : undefined;
      });
      const [live] = (await ask(bench.bus, ListRuns, { groupId })).runs;
      expect(refusals.map((e) => errorOf(e).code)).toEqual(Array(4).fill('run-in-progress'));
      for (const refusal of refusals) expect(errorOf(refusal).data).toEqual({ runId: live?.runId });
      free.resolve();
      await bench.reaches(live?.runId ?? '', 'completed');
    },
    MINUTE,
  );
});

describe('messages that go astray', () => {
  it(
    'lost answers are asked for again, and nothing is done twice',
    async () => {
      const runId = 'run-lost';
      for (const command of ['lock-group', 'commit-failover']) bench.contexts.when(runId, command, { losesAnswers: 1 });
      await bench.failover(newGroup(), runId);
      await bench.reaches(runId, 'completed');
      expect(bench.contexts.effects(runId)).toEqual(FAILOVER);
      const again = bench.contexts.of(runId).filter(({ envelope }) => envelope.attempt > 1);
      expect(new Set(again.map(({ name }) => name))).toEqual(new Set(['lock-group', 'commit-failover']));
    },
    MINUTE,
  );

  it(
    'repeated answers, and events that are no answers, move nothing twice',
    async () => {
      const runId = 'run-repeated';
      for (const command of FAILOVER) bench.contexts.when(runId, command, { repeatsAnswers: 2, gossips: true });
      await bench.failover(newGroup(), runId);
      const run = await bench.reaches(runId, 'completed');
      expect(bench.contexts.effects(runId)).toEqual(FAILOVER);
      expect(sending(run.steps).map((s) => s.attempts)).toEqual(FAILOVER.map(() => 1));
    },
    MINUTE,
  );

  it(
    'a NATS that loses its whole store costs a delay',
    async () => {
      const runId = 'run-wiped';
      bench.contexts.when(runId, 'check-target', { losesAnswers: 1, meanwhile: () => void bench.wipeNats() });
      bench.contexts.when(runId, 'commit-failover', { meanwhile: () => void bench.wipeNats() });
      await bench.failover(newGroup(), runId);
      await bench.reaches(runId, 'completed');
      expect(bench.contexts.effects(runId)).toEqual(FAILOVER);
    },
    MINUTE,
  );
});

describe.each(newest)('kill -9 of the saga service in a run of $name', ({ name, start, stages, ...rest }) => {
  const begin = start as CommandDef<Begun>;
  const rows = outlineOf({ name, start, stages, ...rest });
  const forward = rows.flatMap(({ send }) => (send ? [send.command.name] : []));
  const sideBySide = stages.some((stage) => !isEach(stage) && stage.length > 1);
  const inOrder = (names: readonly string[]): readonly string[] => (sideBySide ? names.toSorted() : names);

  /** A run for each command, each of them held at its own; the service is killed when all are there, and hears of their answers when it is back. */
  const killedAt = async (commands: readonly string[], what: string, before: (runId: string) => void) => {
    const killed = Promise.withResolvers<void>();
    const runs = commands.map((command) => ({ command, runId: `run-killed-${what}-${name}-${command}` }));
    for (const { command, runId } of runs) {
      before(runId);
      bench.contexts.when(runId, command, { holdsUntil: killed.promise });
      await bench.begin(begin, newGroup(), runId);
    }
    for (const { command, runId } of runs)
      await until(`${command} of ${runId}`, async () => bench.contexts.effects(runId).includes(command) || undefined);
    bench.kill();
    killed.resolve();
    return runs.map(({ runId }) => runId);
  };

  const mine = untried(forward);
  if (mine.length > 0)
    it('while any of its commands is under way changes nothing but the time it takes', async () => {
      for (const runId of await killedAt(mine, 'forward', () => undefined)) {
        await bench.reaches(runId, 'completed', 120_000);
        expect(inOrder(bench.contexts.effects(runId))).toEqual(inOrder(forward));
      }
    }, 150_000);

  const lastBeforePivot = rows
    .slice(
      0,
      rows.findIndex(({ pivot }) => pivot),
    )
    .findLast(({ send }) => send);
  const undos = rows.flatMap(({ undo }) => (undo ? [undo.command.name] : [])).toReversed();

  if (untried(undos.map((name) => `undo ${name}`)).length > 0)
    it('at every single undo changes nothing either', async () => {
      const fails = lastBeforePivot?.send?.command.name ?? '';
      const failing = (runId: string): void => bench.contexts.when(runId, fails, { fails: REFUSED });
      for (const runId of await killedAt(undos, 'undone', failing)) {
        await bench.reaches(runId, 'undone', 120_000);
        const since = bench.contexts.effects(runId).slice(forward.indexOf(fails) + 1);
        expect(inOrder(since)).toEqual(inOrder(undos));
      }
    }, 150_000);
});

describe('an operator', () => {
  it(
    'aborts a run before its pivot: what was under way is undone and never sent again',
    async () => {
      const runId = 'run-aborted';
      const busy = Promise.withResolvers<void>();
      bench.contexts.when(runId, 'materialise-disks', { holdsUntil: busy.promise });
      // By then whatever else counted as unanswered would have been sent again too.
      const sentTwice = until(
        'its undo to be sent again',
        async () => bench.contexts.of(runId).filter(({ name }) => name === 'release-disks').length > 1 || undefined,
      );
      bench.contexts.when(runId, 'release-disks', { holdsUntil: sentTwice });
      await bench.failover(newGroup(), runId);
      await until(
        'disks to be materialised',
        async () => bench.contexts.effects(runId).includes('materialise-disks') || undefined,
      );
      await bench.steer(runId, 'abort');
      const run = await bench.reaches(runId, 'undone');
      busy.resolve();
      expect(run.error?.code).toBe('run-aborted');
      const names = bench.contexts.of(runId).map(({ name }) => name);
      const since = names.slice(names.indexOf('release-disks'));
      expect([...new Set(since)]).toEqual(['release-disks', 'unpin-point', 'unlock-group']);
      expect(since.filter((name) => name === 'release-disks').length).toBeGreaterThan(1);
    },
    MINUTE,
  );

  it(
    'is refused after the pivot, and when the run is over',
    async () => {
      const runId = 'run-committed';
      const busy = Promise.withResolvers<void>();
      bench.contexts.when(runId, 'commit-failover', { holdsUntil: busy.promise });
      await bench.failover(newGroup(), runId);
      await until('the commit', async () => bench.contexts.effects(runId).includes('commit-failover') || undefined);
      await expect(bench.steer(runId, 'abort')).rejects.toMatchObject({ code: 'run-past-pivot' });
      await expect(bench.steer(runId, 'retry')).rejects.toMatchObject({ code: 'run-not-steerable' });
      busy.resolve();
      await bench.reaches(runId, 'completed');
      await expect(bench.steer(runId, 'abort')).rejects.toMatchObject({ code: 'run-not-steerable' });
    },
    MINUTE,
  );

  it(
    'is told what is left when an undo fails, and has it tried again',
    async () => {
      const runId = 'run-stuck';
      bench.contexts.when(runId, 'verify-workload', { fails: REFUSED });
      bench.contexts.when(runId, 'remove-entities', { fails: { ...REFUSED, code: 'entities-left' } });
      await bench.failover(newGroup(), runId);
      const stuck = await bench.reaches(runId, 'needs-operator');
      expect(stuck.left).toEqual(['lock group', 'pin recovery point', 'materialise disks', 'recreate entities']);
      expect(stuck.error?.code).toBe('entities-left');
      bench.contexts.when(runId, 'remove-entities', {});
      await bench.steer(runId, 'retry');
      expect((await bench.reaches(runId, 'undone')).error?.code).toBe('refused');
    },
    MINUTE,
  );

  it(
    'gives a run up: it is over, says what is left, and the group is free for another',
    async () => {
      const [runId, groupId] = ['run-given-up', newGroup()];
      bench.contexts.when(runId, 'lock-group', { fails: REFUSED });
      bench.contexts.when(runId, 'unlock-group', { fails: REFUSED });
      await bench.failover(groupId, runId);
      await bench.reaches(runId, 'needs-operator');
      await bench.steer(runId, 'give-up');
      expect(await bench.run(runId)).toMatchObject({
        outcome: 'needs-operator',
        left: ['lock group'],
        endedAt: expect.any(String),
      });
      const { runId: next } = await bench.failover(groupId);
      await bench.reaches(next, 'completed');
    },
    MINUTE,
  );
});

describe('a failover of a group that is being protected', () => {
  it(
    'takes the place of the protect run, whose undo does not touch the primary',
    async () => {
      const [groupId, pointId] = [newGroup(), 'pnt-superseded'];
      bench.contexts.when(pointId, 'replicate-disks', { holdsUntil: new Promise(() => undefined) });
      await bench.protect(groupId, pointId);
      await until(
        'disks to be replicated',
        async () => bench.contexts.effects(pointId).includes('replicate-disks') || undefined,
      );
      const { runId } = await bench.failover(groupId);
      await bench.reaches(runId, 'completed');
      expect((await bench.reaches(pointId, 'undone')).error?.code).toBe('run-superseded');
      const discard = bench.contexts.of(pointId).find(({ name }) => name === 'discard-disks');
      expect(discard?.envelope.data).toMatchObject({ sourceLost: true });
    },
    MINUTE,
  );
});

describe('a run that is held', () => {
  const HELD = {
    ...StartFailover,
    sample: { ...StartFailover.sample, commitWindow: { seconds: 600, whenOver: 'roll-back' } },
  };

  it(
    'waits for its word, through a kill, and says until when',
    async () => {
      const runId = 'run-held';
      const groupId = newGroup();
      await bench.begin(HELD as CommandDef<Begun>, groupId, runId);
      const held = await until('the commit window', async () => {
        const step = (await bench.run(runId).catch(() => undefined))?.steps.find(({ state }) => state === 'held');
        return step;
      });
      expect(held).toMatchObject({ name: 'commit window', held: { word: 'commit', whenOver: 'undo' } });
      await expect(bench.steer(runId, 'end')).rejects.toMatchObject({ code: 'run-not-held' });
      bench.kill();
      await until('its word to be heard', () =>
        bench.steer(runId, 'commit').then(
          () => true,
          () => undefined,
        ),
      );
      await bench.reaches(runId, 'completed');
      expect(bench.contexts.effects(runId)).toEqual(FAILOVER);
      // How long somebody looked is no part of how long the next one will take.
      const { forecast } = await ask(bench.bus, ForecastRun, { groupId, kind: 'failover' });
      expect(forecast?.steps).toHaveLength(FAILOVER.length);
    },
    MINUTE,
  );
});
