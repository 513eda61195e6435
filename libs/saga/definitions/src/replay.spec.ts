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
import type { SagaDefinition, SagaEvent, SagaInput, Scenario } from '@lifeboat/saga-engine';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  cleanup,
  definitionOf,
  discard,
  drill,
  failback,
  failover,
  plannedFailover,
  protect,
  reprotect,
  sagas,
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

const SERVED = ['check target', 'materialise disks', 'recreate entities', 'verify workload'];
const FAILOVER = [
  'lock group',
  'pin recovery point',
  'wait for drills',
  ...SERVED,
  'commit failover',
  'promote disks',
  'unlock group',
];
const PLANNED = [
  'lock group',
  'open point',
  'capture metadata',
  'stop source',
  'replicate images',
  'replicate disks',
  'seal point',
  ...FAILOVER.slice(1),
];
const FAILBACK = [...PLANNED.slice(0, -1), 'remove originals', 'unlock group'];
const REPROTECT = ['lock group', 'trace origins', 'quarantine', 'reverse group', 'unlock group'];
const DRILL = ['pin recovery point', ...SERVED];
const REMOVED = ['remove entities', 'release disks', 'look for leaks', 'unpin recovery point'];
const PROTECT = ['open point', 'capture metadata', 'replicate images', 'replicate disks', 'seal point'];
const CLEANUP = ['release hold of the earlier run', 'lock group', ...REMOVED, 'unlock group'];

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
  'drill-v1-completed': () => given(drill, ...all(...DRILL), says('end'), ...all(...REMOVED)),
  'drill-v1-completed-by-time': () => given(drill, ...all(...DRILL), passes(minutes(30)), ...all(...REMOVED)),
  'drill-v1-superseded': () =>
    given(
      drill,
      ...all(...DRILL),
      isSupersededBy('run-1'),
      ...all('recreate entities', 'materialise disks', 'pin recovery point'),
    ),
  'failover-v3-completed': () => given(failover, ...all(...FAILOVER)),
  'failover-v3-committed-after-a-look': () =>
    given(provisional('roll-back'), ...all(...FAILOVER.slice(0, 7)), says('commit'), ...all(...FAILOVER.slice(7))),
  'failover-v3-rolled-back-by-time': () =>
    given(
      provisional('roll-back'),
      ...all(...FAILOVER.slice(0, 7)),
      passes(minutes(10)),
      ...all('recreate entities', 'materialise disks', 'pin recovery point', 'lock group'),
    ),
  'failover-v3-completed-by-retry': () =>
    given(
      failover,
      ...all(...FAILOVER.slice(0, 8)),
      fails('promote disks', AWAY),
      passes(seconds(10)),
      fails('promote disks'),
      retries,
      ...all(...FAILOVER.slice(8)),
    ),
  'planned-failover-v1-completed': () => given(plannedFailover, ...all(...PLANNED)),
  'planned-failover-v1-undone': () =>
    given(
      plannedFailover,
      ...all(...PLANNED.slice(0, 11)),
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
  'failback-v1-completed': () => given(failback, ...all(...FAILBACK)),
  'failback-v1-undone': () =>
    given(
      failback,
      ...all(...PLANNED.slice(0, 11)),
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
  'reprotect-v1-completed': () => given(reprotect, ...all(...REPROTECT)),
  'reprotect-v1-undone': () =>
    given(
      reprotect,
      ...all(...REPROTECT.slice(0, 2)),
      fails('quarantine', { code: 'server-not-stoppable' }),
      answers('lock group'),
    ),
  'cleanup-v2-completed': () => given(cleanup, ...all(...CLEANUP)),
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
