import {
  CaptureGroup,
  DiscardDisks,
  DiscardPoint,
  ForgetCapture,
  OpenPoint,
  PointOpened,
  ReleaseImages,
  ReplicateDisks,
  ReplicateImages,
  SealPoint,
} from '@lifeboat/contracts';
import { aborts, answers, fails, given, hours, isSupersededBy, minutes, passes, seconds } from '@lifeboat/saga-engine';
import { plannedFailover } from './planned-failover.saga.ts';
import { protect } from './protect.saga.ts';

const CAPTURED = [answers('open point'), answers('capture metadata')] as const;
const REPLICATED = [...CAPTURED, answers('replicate images'), answers('replicate disks')] as const;

describe('making a recovery point', () => {
  it('opens it, captures, replicates images and disks side by side, and seals it', () => {
    given(protect)
      .sends(OpenPoint)
      .when(answers('open point'))
      .sends(CaptureGroup)
      .when(answers('capture metadata'))
      .sends(ReplicateImages, ReplicateDisks)
      .when(answers('replicate disks'))
      .sends()
      .when(answers('replicate images'))
      .sends(SealPoint)
      .when(answers('seal point'))
      .ends('completed');
  });

  it('is named after its point', () => {
    expect(given(protect).asked('open point').data).toEqual({ groupId: 'grp-1', pointId: 'pnt-1' });
  });

  it('seals what was made of it, and says the consistency that was reached', () => {
    const scenario = given(protect, ...REPLICATED);
    const { consistency } = scenario.asked('replicate disks').command.answer.sample as { readonly consistency: object };
    expect(scenario.asked('seal point').data).toMatchObject({ pointId: 'pnt-1', metadata: 'sha256:00', consistency });
  });

  it('has an application held still as the policy says, but not one whose servers were stopped before', () => {
    const quiesce = { hook: 'shop-db', need: 'required', atMostSeconds: 20 } as const;
    const opened = answers('open point', {
      ...(PointOpened.sample as object),
      policy: { drivers: [], serverRoot: 'snapshot', quiesce },
    });
    const { data } = given(protect, opened, answers('capture metadata')).asked('replicate disks');
    expect(data).toMatchObject({ quiesce });
    const moved = given(
      plannedFailover,
      answers('lock group'),
      opened,
      answers('capture metadata'),
      answers('stop source'),
    );
    expect(moved.asked('replicate disks').data).not.toHaveProperty('quiesce');
  });

  it('discards the point when the group cannot be protected', () => {
    given(protect)
      .when(fails('open point', { code: 'group-not-protected' }))
      .sends(DiscardPoint)
      .when(answers('open point'))
      .ends('undone');
  });

  it('captures again when the cloud was away, and gives up after the third try', () => {
    const away = fails('capture metadata', { kind: 'unavailable', code: 'site-away' });
    given(protect, answers('open point'), away)
      .when(passes(seconds(5)))
      .sends(CaptureGroup)
      .when(away, passes(seconds(5)))
      .sends(CaptureGroup)
      .when(away)
      .sends(ForgetCapture)
      .when(answers('capture metadata'))
      .sends(DiscardPoint)
      .when(answers('open point'))
      .ends('undone');
  });

  it('does not wait for a capture longer than 15 minutes', () => {
    given(protect, answers('open point'))
      .when(passes(minutes(15)), passes(seconds(5)))
      .sends(CaptureGroup);
  });

  it.each([
    ['replicate images', 'replicate disks'],
    ['replicate disks', 'replicate images'],
  ])('waits, when it cannot %s, until it could %s, then undoes both', (broken, other) => {
    given(protect, ...CAPTURED)
      .when(fails(broken))
      .sends()
      .when(answers(other))
      .sends(DiscardDisks)
      .when(answers('replicate disks'))
      .sends(ReleaseImages)
      .when(answers('replicate images'))
      .sends(ForgetCapture)
      .when(answers('capture metadata'))
      .sends(DiscardPoint)
      .when(answers('open point'))
      .ends('undone');
  });

  it('undoes everything when the point cannot be sealed', () => {
    given(protect, ...REPLICATED)
      .when(fails('seal point'))
      .sends(DiscardDisks);
  });

  it('undoes everything when it is aborted, also what is under way', () => {
    given(protect, ...CAPTURED)
      .when(aborts)
      .sends(DiscardDisks);
  });

  it('undoes everything when it is not over after a day', () => {
    given(protect, ...CAPTURED)
      .when(passes(hours(24)))
      .sends(DiscardDisks);
  });

  it('cleans up at the primary too, as long as the primary is not given up', () => {
    const scenario = given(protect, ...CAPTURED, aborts);
    expect(scenario.asked('replicate disks').data).toMatchObject({ sourceLost: false });
  });

  it('does not touch the primary any more when a failover took its place', () => {
    const scenario = given(protect, ...CAPTURED)
      .when(isSupersededBy('run-1'))
      .sends(DiscardDisks);
    expect(scenario.asked('replicate disks').data).toEqual({ groupId: 'grp-1', pointId: 'pnt-1', sourceLost: true });
  });
});
