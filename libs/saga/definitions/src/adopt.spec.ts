import { AdoptDisks, AdoptImages, RestoreCapture, RestoreGroup, VerifyBundle } from '@lifeboat/contracts';
import { answers, fails, given } from '@lifeboat/saga-engine';
import { adopt } from './adopt.saga.ts';

const TAKEN_IN = ['verify bundle', 'restore metadata "pnt-1"', 'adopt images "pnt-1"', 'adopt disks "pnt-1"'] as const;
const all = (...steps: readonly string[]) => steps.map((step) => answers(step));

describe('an adoption', () => {
  it('has each service take in what is its own of a point, and makes the group last of all', () => {
    let scenario = given(adopt).sends(VerifyBundle);
    for (const [n, next] of [RestoreCapture, AdoptImages, AdoptDisks, RestoreGroup].entries())
      scenario = scenario.when(answers(TAKEN_IN[n] ?? '')).sends(next);
    expect(scenario.asked('restore group').data).toMatchObject({ groupId: 'grp-1', points: [{ pointId: 'pnt-1' }] });
    scenario.when(answers('restore group')).ends('completed');
  });

  it('takes nothing in of a bundle that is another by now', () => {
    given(adopt, fails('verify bundle', { code: 'bundle-altered' }))
      .sends()
      .ends('undone');
  });

  it('forgets what it took in when one cannot go on, and removes nothing in the clouds for that', () => {
    const scenario = given(
      adopt,
      ...all(...TAKEN_IN.slice(0, 3)),
      fails('adopt disks "pnt-1"', { code: 'driver-unknown' }),
    );
    const undone = ['adopt disks "pnt-1"', 'adopt images "pnt-1"', 'restore metadata "pnt-1"'];
    const subjects: string[] = [];
    for (const step of undone) {
      subjects.push(...scenario.everSent.slice(-1).map(({ command }) => command.subject));
      scenario.when(answers(step));
    }
    expect(subjects).toEqual([
      'lifeboat.cmd.data.disown-disks.v1',
      'lifeboat.cmd.image.disown-images.v1',
      'lifeboat.cmd.capture.forget-capture.v1',
    ]);
    scenario.ends('undone');
  });
});
