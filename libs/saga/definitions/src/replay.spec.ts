import {
  answers,
  decide,
  fails,
  given,
  isSupersededBy,
  minutes,
  passes,
  replay,
  retries,
  says,
  seconds,
} from '@lifeboat/saga-engine';
import type { Move, SagaDefinition, SagaEvent, SagaInput, Scenario } from '@lifeboat/saga-engine';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  adopt,
  cleanup,
  definitionOf,
  discard,
  drill,
  failback,
  failover,
  plannedFailover,
  protect,
  quarantine,
  reprotect,
  sagas,
  stage,
  switchTraffic,
  unstage,
} from './index.ts';

/** What a run was told and what it decided, as it was when its version was new. A recording is never changed: a run that began then must still go on now. */
interface Recording {
  readonly saga: string;
  readonly version: number;
  readonly runId: string;
  readonly inputs: readonly { readonly at: string; readonly input: SagaInput }[];
  readonly history: readonly SagaEvent[];
  readonly commands: readonly { readonly id: string; readonly subject: string; readonly data: unknown }[];
}

const FOLDER = join(dirname(new URL(import.meta.url).pathname), '../../../../test/replay');
const AWAY = { kind: 'unavailable', code: 'site-away', message: 'The site does not answer.' } as const;
const all = (...steps: readonly string[]) => steps.map((step) => answers(step));

const GONE = ['recreate entities', 'materialise disks', 'pin recovery point'];
/** By a plan of one wave, which asks and waits. */
const SERVED = [
  ...all('check target', 'materialise disks', 'recreate entities'),
  ...all('run hooks before "data"', 'start wave "data"', 'probe wave "data"', 'run hooks after "data"'),
  says('go-on'),
  passes(seconds(30)),
  answers('verify workload'),
];
/** By none. */
const SERVED_AT_ONCE = [
  answers('check target', { runId: 'run-1', warnings: [] }),
  ...all('materialise disks', 'recreate entities', 'verify workload'),
];
const LOCKED = all('lock group', 'pin recovery point', 'wait for drills');
/** What is checked, then the fence. */
const fencing = ([checked, ...rest]: readonly Move[]): readonly Move[] => [
  ...(checked ? [checked] : []),
  answers('fence primary'),
  ...rest,
];
const COMMITTED = all('commit failover', 'promote disks', 'switch traffic', 'remove originals', 'unlock group');
const COMMITTED_AWAY = all('commit failover', 'promote disks', 'switch traffic', 'unlock group');
const STOPPED = all('lock group', 'open point', 'capture metadata', 'stop source');
const LAST_POINT = all('replicate images', 'replicate disks', 'seal point', 'pin recovery point', 'wait for drills');
const DRILL = [answers('pin recovery point'), ...SERVED];
const REMOVED = all('remove entities', 'release disks', 'look for leaks', 'unpin recovery point');
const FAILBACK = [...STOPPED, ...LAST_POINT, ...SERVED, ...COMMITTED];
const REPROTECT = all('lock group', 'trace origins', 'quarantine', 'reverse group', 'reverse disks', 'unlock group');
const PROTECT = ['open point', 'capture metadata', 'replicate images', 'replicate disks', 'seal point'];
const CLEANUP = all(
  'release hold of the earlier run',
  'lock group',
  'remove entities',
  'remove staged',
  'release disks',
  'look for leaks',
  'unpin recovery point',
  'unlock group',
);

const provisional = (whenOver: 'commit' | 'roll-back'): SagaDefinition => ({
  ...failover,
  start: {
    ...failover.start,
    sample: { ...(failover.start.sample as object), commitWindow: { seconds: 600, whenOver } },
  },
});

/** The stories that are recorded of the versions of today. */
const STORIES: Readonly<Record<string, () => Scenario>> = {
  'protect-v1-completed': () => given(protect, ...all(...PROTECT)),
  'protect-v1-undone': () =>
    given(
      protect,
      answers('open point'),
      fails('capture metadata', AWAY),
      passes(seconds(5)),
      answers('capture metadata'),
      fails('replicate disks'),
      ...all('replicate images', 'replicate disks', 'replicate images', 'capture metadata', 'open point'),
    ),
  'protect-v1-superseded': () =>
    given(
      protect,
      ...all(...PROTECT.slice(0, 2)),
      isSupersededBy('run-1'),
      ...all('replicate disks', 'replicate images', 'capture metadata', 'open point'),
    ),
  'drill-v2-completed': () => given(drill, ...DRILL, says('end'), ...REMOVED),
  'drill-v2-completed-by-time': () => given(drill, ...DRILL, passes(minutes(30)), ...REMOVED),
  'drill-v2-superseded-at-a-wave': () => given(drill, ...DRILL.slice(0, 6), isSupersededBy('run-1'), ...all(...GONE)),
  'failover-v7-completed': () => given(failover, ...LOCKED, ...fencing(SERVED), ...COMMITTED),
  'failover-v7-completed-without-a-plan': () => given(failover, ...LOCKED, ...fencing(SERVED_AT_ONCE), ...COMMITTED),
  'failover-v7-committed-after-a-look': () =>
    given(provisional('roll-back'), ...LOCKED, ...fencing(SERVED), says('commit'), ...COMMITTED),
  'failover-v7-rolled-back-by-time': () =>
    given(provisional('roll-back'), ...LOCKED, ...fencing(SERVED), passes(minutes(10)), ...all(...GONE, 'lock group')),
  'failover-v7-undone-by-a-probe': () =>
    given(
      failover,
      ...LOCKED,
      ...fencing(SERVED.slice(0, 5)),
      fails('probe wave "data"'),
      ...all(...GONE, 'lock group'),
    ),
  'failover-v7-completed-by-retry': () =>
    given(
      failover,
      ...LOCKED,
      ...fencing(SERVED),
      answers('commit failover'),
      fails('promote disks', AWAY),
      passes(seconds(10)),
      fails('promote disks'),
      retries,
      ...all('promote disks', 'switch traffic', 'remove originals', 'unlock group'),
    ),
  'planned-failover-v4-completed': () =>
    given(plannedFailover, ...STOPPED, ...LAST_POINT, ...SERVED, ...COMMITTED_AWAY),
  'planned-failover-v4-undone': () =>
    given(
      plannedFailover,
      ...STOPPED,
      ...LAST_POINT,
      ...SERVED.slice(0, 2),
      fails('recreate entities'),
      ...all(
        ...GONE,
        'replicate disks',
        'replicate images',
        'stop source',
        'capture metadata',
        'open point',
        'lock group',
      ),
    ),
  'cleanup-v3-completed': () => given(cleanup, ...CLEANUP),
  'stage-v1-completed': () =>
    given(stage, fails('stage entities', AWAY), passes(minutes(1)), answers('stage entities')),
  'unstage-v1-completed': () =>
    given(unstage, fails('remove staged', AWAY), passes(minutes(1)), answers('remove staged')),
  'failback-v2-completed': () => given(failback, ...FAILBACK),
  'failback-v2-undone': () =>
    given(
      failback,
      ...FAILBACK.slice(0, 11),
      fails('recreate entities'),
      ...all(
        'recreate entities',
        'materialise disks',
        'pin recovery point',
        'replicate disks',
        'replicate images',
        'stop source',
        'capture metadata',
        'open point',
        'lock group',
      ),
    ),
  'quarantine-v1-completed': () =>
    given(quarantine, fails('quarantine', AWAY), passes(seconds(30)), answers('quarantine')),
  'switch-traffic-v1-completed': () =>
    given(
      switchTraffic,
      answers('lock group'),
      fails('switch traffic', AWAY),
      passes(seconds(10)),
      ...all('switch traffic', 'unlock group'),
    ),
  'reprotect-v2-completed': () => given(reprotect, ...REPROTECT),
  'reprotect-v2-undone': () =>
    given(
      reprotect,
      ...REPROTECT.slice(0, 2),
      fails('quarantine', { code: 'server-not-stoppable' }),
      answers('lock group'),
    ),
  'adopt-v1-completed': () =>
    given(
      adopt,
      fails('verify bundle', AWAY),
      passes(seconds(15)),
      ...all(
        'verify bundle',
        'restore metadata "pnt-1"',
        'adopt images "pnt-1"',
        'adopt disks "pnt-1"',
        'restore group',
      ),
    ),
  'adopt-v1-undone': () =>
    given(
      adopt,
      ...all('verify bundle', 'restore metadata "pnt-1"', 'adopt images "pnt-1"'),
      fails('adopt disks "pnt-1"', { code: 'driver-unknown' }),
      ...all('adopt disks "pnt-1"', 'adopt images "pnt-1"', 'restore metadata "pnt-1"'),
    ),
  'discard-v1-completed': () =>
    given(
      discard,
      answers('discard point'),
      fails('discard disks', AWAY),
      passes(minutes(1)),
      ...all('discard disks', 'release images', 'forget capture'),
    ),
};

const recordingOf = ({ definition, id, inputs, history, everSent }: Scenario): Recording => ({
  saga: definition.name,
  version: definition.version,
  runId: id,
  inputs,
  history,
  commands: everSent.map(({ id: commandId, command, data }) => ({ id: commandId, subject: command.subject, data })),
});

// A recording is never written over: what is new is recorded with LIFEBOAT_RECORD=1.
if (process.env['LIFEBOAT_RECORD'])
  for (const [name, story] of Object.entries(STORIES)) {
    const file = join(FOLDER, `${name}.json`);
    if (!existsSync(file)) writeFileSync(file, `${JSON.stringify(recordingOf(story()), null, 2)}\n`);
  }

describe.each(readdirSync(FOLDER).filter((file) => file.endsWith('.json')))('the recorded run %s', (file) => {
  const recording = JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Recording;
  const definition = definitionOf(sagas, recording.saga, recording.version);

  it('decides today what it decided then, taken up from its stored history each time: a changed list of steps is a new version', () => {
    let history: readonly SagaEvent[] = [];
    let commands: readonly Recording['commands'][number][] = [];
    for (const { at, input } of recording.inputs) {
      const decision = decide({ id: recording.runId, definition }, replay(history), input, at);
      history = JSON.parse(JSON.stringify([...history, ...decision.events])) as readonly SagaEvent[];
      commands = [
        ...commands,
        ...decision.commands.map(({ id, command, data }) => ({ id, subject: command.subject, data })),
      ];
    }
    expect(history).toEqual(recording.history);
    expect(JSON.parse(JSON.stringify(commands))).toEqual(recording.commands);
    expect(replay(history).ended).toBe(true);
  });
});

it('every version of every saga is recorded, as far as the end', () => {
  const recorded = readdirSync(FOLDER);
  const missing = sagas.map((d) => `${d.name}-v${d.version}-completed.json`).filter((file) => !recorded.includes(file));
  expect(missing).toEqual([]);
});
