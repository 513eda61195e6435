import {
  DiscardDisks,
  DiscardPoint,
  ForgetCapture,
  LockGroup,
  LookForLeaks,
  ReleaseDisks,
  ReleaseImages,
  RemoveEntities,
  RemoveStaged,
  UnlockGroup,
  UnpinPoint,
} from '@lifeboat/contracts';
import { aborts, answers, fails, given, minutes, passes, retries, seconds } from '@lifeboat/saga-engine';
import { cleanup } from './cleanup.saga.ts';
import { discard } from './discard.saga.ts';

const LOCKED = [answers('release hold of the earlier run'), answers('lock group')] as const;
const ENTITIES = [answers('remove entities'), answers('remove staged')] as const;
const AWAY = { kind: 'unavailable', code: 'site-away', message: 'The site does not answer.' } as const;

describe('cleaning up after a run', () => {
  it('takes the group over from it and removes entities before the disks they use', () => {
    given(cleanup)
      .sends(UnlockGroup)
      .when(answers('release hold of the earlier run'))
      .sends(LockGroup)
      .when(answers('lock group'))
      .sends(RemoveEntities)
      .when(answers('remove entities'))
      .sends(RemoveStaged)
      .when(answers('remove staged'))
      .sends(ReleaseDisks)
      .when(answers('release disks'))
      .sends(LookForLeaks)
      .when(answers('look for leaks'))
      .sends(UnpinPoint)
      .when(answers('unpin recovery point'))
      .sends(UnlockGroup)
      .when(answers('unlock group'))
      .ends('completed');
  });

  it('removes what the earlier run made, and lets go its own lock', () => {
    const scenario = given(
      cleanup,
      ...LOCKED,
      answers('remove entities'),
      answers('remove staged'),
      answers('release disks'),
      answers('look for leaks'),
      answers('unpin recovery point'),
    );
    const ofEarlier = ['remove entities', 'release disks', 'look for leaks', 'unpin recovery point'];
    for (const step of ['release hold of the earlier run', ...ofEarlier])
      expect(scenario.asked(step).data).toEqual({ groupId: 'grp-1', runId: 'run-1' });
    expect(scenario.asked('unlock group').data).toEqual({ groupId: 'grp-1', runId: 'run-2' });
  });

  it('has removed nothing when another run holds the group, and can be aborted until it removes', () => {
    given(cleanup, LOCKED[0])
      .when(fails('lock group', { code: 'run-in-progress' }))
      .sends(UnlockGroup)
      .when(answers('lock group'))
      .ends('undone');
    given(cleanup, LOCKED[0]).when(aborts).sends(UnlockGroup);
    given(cleanup, ...LOCKED)
      .when(aborts)
      .sends()
      .is('running');
  });

  it.each([
    ['remove entities', LOCKED, RemoveEntities],
    ['remove staged', [...LOCKED, answers('remove entities')], RemoveStaged],
    ['release disks', [...LOCKED, ...ENTITIES], ReleaseDisks],
    ['look for leaks', [...LOCKED, ...ENTITIES, answers('release disks')], LookForLeaks],
  ] as const)(
    'tries to %s again while the site is away, and asks an operator about anything else',
    (step, before, command) => {
      given(cleanup, ...before, fails(step, AWAY))
        .when(passes(seconds(5)))
        .sends(command)
        .when(fails(step))
        .sends()
        .asksOperator(step)
        .when(retries)
        .sends(command);
    },
  );
});

describe('discarding a recovery point', () => {
  it('makes it dead first, then removes its disks, images and metadata', () => {
    given(discard)
      .sends(DiscardPoint)
      .when(answers('discard point'))
      .sends(DiscardDisks)
      .when(answers('discard disks'))
      .sends(ReleaseImages)
      .when(answers('release images'))
      .sends(ForgetCapture)
      .when(answers('forget capture'))
      .ends('completed');
  });

  it('of a direction that is over is told where it may go again, and in whose name its images stay', () => {
    const sample = { ...(discard.start.sample as object), sourceBack: true, imagesKeptBy: 'run:run-1' };
    const scenario = given(
      { ...discard, start: { ...discard.start, sample } },
      ...['discard point', 'discard disks', 'release images'].map((step) => answers(step)),
    );
    expect(scenario.asked('discard disks').data).toMatchObject({ sourceLost: false, sourceBack: true });
    expect(scenario.asked('release images').data).toMatchObject({ pointId: 'pnt-1', keptBy: 'run:run-1' });
  });

  it('removes nothing of a point that a run serves from', () => {
    given(discard)
      .when(fails('discard point', { code: 'point-pinned' }))
      .sends()
      .asksOperator('discard point');
  });

  it.each([
    ['discard disks', [answers('discard point')], DiscardDisks],
    ['release images', [answers('discard point'), answers('discard disks')], ReleaseImages],
    ['forget capture', [answers('discard point'), answers('discard disks'), answers('release images')], ForgetCapture],
  ] as const)('tries to %s every minute while the site is away', (step, before, command) => {
    given(discard, ...before, fails(step, AWAY))
      .when(passes(minutes(1)))
      .sends(command);
  });
});
