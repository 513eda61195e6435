import {
  CheckTarget,
  CommitFailover,
  FencePrimary,
  LockGroup,
  MaterialiseDisks,
  PinPoint,
  PromoteDisks,
  RecreateEntities,
  ReleaseDisks,
  RemoveEntities,
  RemoveOriginals,
  SwitchTraffic,
  UnlockGroup,
  UnpinPoint,
  VerifyWorkload,
  WaitForDrills,
} from '@lifeboat/contracts';
import { aborts, answers, fails, given, hours, passes, retries, says, seconds, stepOf } from '@lifeboat/saga-engine';
import { failover } from './failover.saga.ts';

const PINNED = [answers('lock group'), answers('pin recovery point'), answers('wait for drills')] as const;
/** By no plan. */
const NO_WAVES = answers('check target', { runId: 'run-1', warnings: [] });
const CHECKED = [...PINNED, NO_WAVES] as const;
const FENCED = [...CHECKED, answers('fence primary')] as const;
const RECREATED = [...FENCED, answers('materialise disks'), answers('recreate entities')] as const;
const VERIFIED = [...RECREATED, answers('verify workload')] as const;
const COMMITTED = [...VERIFIED, answers('commit failover'), answers('promote disks')] as const;
const AWAY = { kind: 'unavailable', code: 'database-away', message: 'PostgreSQL does not answer.' } as const;

describe('an unplanned failover', () => {
  it('locks, pins, checks, fences, copies, recreates, verifies, commits, promotes, switches traffic and unlocks', () => {
    given(failover)
      .sends(LockGroup)
      .when(answers('lock group'))
      .sends(PinPoint)
      .when(answers('pin recovery point'))
      .sends(WaitForDrills)
      .when(answers('wait for drills'))
      .sends(CheckTarget)
      .when(NO_WAVES)
      .sends(FencePrimary)
      .when(answers('fence primary'))
      .sends(MaterialiseDisks)
      .when(answers('materialise disks'))
      .sends(RecreateEntities)
      .when(answers('recreate entities'))
      .sends(VerifyWorkload)
      .when(answers('verify workload'))
      .sends(CommitFailover)
      .when(answers('commit failover'))
      .sends(PromoteDisks)
      .when(answers('promote disks'))
      .sends(SwitchTraffic)
      .when(answers('switch traffic'))
      .sends(RemoveOriginals)
      .when(answers('remove originals'))
      .sends(UnlockGroup)
      .when(answers('unlock group'))
      .ends('completed');
  });

  it('takes up what stands staged; where it leads home, what stands there of the group', () => {
    const away = given(failover, ...FENCED, answers('materialise disks'));
    const { start } = failover;
    const sample = { ...(start.sample as object), home: true };
    const home = given({ ...failover, start: { ...start, sample } }, ...FENCED, answers('materialise disks'));
    for (const step of ['check target', 'recreate entities']) {
      expect(away.asked(step).data).toMatchObject({ staged: true });
      expect(away.asked(step).data).not.toHaveProperty('home');
      expect(home.asked(step).data).toMatchObject({ home: true });
      expect(home.asked(step).data).not.toHaveProperty('staged');
    }
    expect(home.asked('check target').data).toMatchObject({ lost: true });
  });

  it('takes the place of a protect run and of a drill of the group', () => {
    expect(failover.supersedes).toEqual(['protect', 'drill', 'stage']);
  });

  it('serves from copies of the point that it pinned, at the recovery site', () => {
    const scenario = given(
      failover,
      ...FENCED,
      answers('materialise disks', { copies: [{ diskKind: 'volume', diskId: 'v', kind: 'volume', targetId: 'c' }] }),
    );
    expect(scenario.asked('materialise disks').data).toMatchObject({ pointId: 'pnt-1', target: 'beta' });
    expect(scenario.asked('recreate entities').data).toMatchObject({ target: 'beta', copies: [{ targetId: 'c' }] });
  });

  it('commits with the token of its own lock, so that a run that lost the group is refused', () => {
    const scenario = given(
      failover,
      answers('lock group', { groupId: 'grp-1', runId: 'run-1', fenceToken: 7 }),
      ...VERIFIED.slice(1),
    );
    expect(scenario.asked('commit failover').data).toMatchObject({ fenceToken: 7 });
  });

  it('gives up the lock when the group is held by another run', () => {
    given(failover)
      .when(fails('lock group', { code: 'run-in-progress' }))
      .sends(UnlockGroup)
      .when(answers('lock group'))
      .ends('undone');
  });

  it('unpins and unlocks when there is no point to serve from', () => {
    given(failover, answers('lock group'))
      .when(fails('pin recovery point', { code: 'no-recovery-point' }))
      .sends(UnpinPoint)
      .when(answers('pin recovery point'))
      .sends(UnlockGroup)
      .when(answers('lock group'))
      .ends('undone');
  });

  it('has made nothing when the target is not ready', () => {
    given(failover, ...PINNED)
      .when(fails('check target', { code: 'target-not-ready' }))
      .sends(UnpinPoint);
  });

  it('releases the copies when they cannot all be made', () => {
    given(failover, ...FENCED)
      .when(fails('materialise disks', { code: 'quota-exceeded' }))
      .sends(ReleaseDisks)
      .when(answers('materialise disks'))
      .sends(UnpinPoint);
  });

  it.each([
    ['recreate entities', RECREATED.slice(0, -1)],
    ['verify workload', RECREATED],
  ] as const)('removes what was recreated before the disks it uses, when it cannot %s', (step, before) => {
    given(failover, ...before)
      .when(fails(step))
      .sends(RemoveEntities)
      .when(answers('recreate entities'))
      .sends(ReleaseDisks)
      .when(answers('materialise disks'))
      .sends(UnpinPoint)
      .when(answers('pin recovery point'))
      .sends(UnlockGroup)
      .when(answers('lock group'))
      .ends('undone');
  });

  it('names all that is left when something cannot be removed, and goes on when told to', () => {
    given(failover, ...RECREATED, fails('verify workload'))
      .when(fails('recreate entities', { code: 'entities-left' }))
      .sends()
      .asksOperator('lock group', 'pin recovery point', 'materialise disks', 'recreate entities')
      .when(retries)
      .sends(RemoveEntities)
      .when(answers('recreate entities'))
      .sends(ReleaseDisks);
  });

  it('is undone when it is aborted before the commit, and not after', () => {
    given(failover, ...RECREATED)
      .when(aborts)
      .sends(RemoveEntities);
    given(failover, ...VERIFIED)
      .when(aborts)
      .sends()
      .is('running');
  });

  it('is undone when it is not over after 12 hours', () => {
    given(failover, ...FENCED)
      .when(passes(hours(12)))
      .sends(ReleaseDisks);
  });

  it('tries the commit again while the database is away', () => {
    given(failover, ...VERIFIED, fails('commit failover', AWAY))
      .when(passes(seconds(10)))
      .sends(CommitFailover);
  });

  it('asks an operator when the commit is refused: whether it serves is not decided by a machine', () => {
    given(failover, ...VERIFIED)
      .when(fails('commit failover', { code: 'fence-lost' }))
      .sends()
      .asksOperator('commit failover');
  });

  it('only unlocks after the commit, whatever it takes', () => {
    given(failover, ...COMMITTED, answers('switch traffic'), answers('remove originals'), fails('unlock group', AWAY))
      .when(passes(seconds(10)))
      .sends(UnlockGroup)
      .when(fails('unlock group'))
      .asksOperator('unlock group');
  });

  it('promotes what no copy can serve only after the commit, and asks an operator when that fails', () => {
    given(failover, ...VERIFIED, answers('commit failover'))
      .when(fails('promote disks', { code: 'standby-behind-its-point' }))
      .sends()
      .asksOperator('promote disks')
      .when(retries)
      .sends(PromoteDisks);
  });
});

describe('the fence of a failover', () => {
  const planFence = [{ command: 'power-off-alpha' }];
  const pinned = () => {
    const scenario = given(failover, answers('lock group'));
    const { sample } = scenario.asked('pin recovery point').command.answer;
    return scenario.when(
      answers('pin recovery point', { ...(sample as object), planFence }),
      answers('wait for drills'),
      NO_WAVES,
    );
  };

  it('is what the plan names, checked before, and comes before anything is made', () => {
    const scenario = pinned().sends(FencePrimary);
    expect(scenario.asked('check target').data).toMatchObject({ fence: planFence });
    expect(scenario.asked('fence primary').data).toEqual({
      groupId: 'grp-1',
      runId: 'run-1',
      site: 'alpha',
      fence: planFence,
    });
  });

  it('that fails has the run undone, with nothing made', () => {
    pinned()
      .when(fails('fence primary', { code: 'primary-not-fenced' }))
      .sends(UnpinPoint)
      .when(answers('pin recovery point'))
      .sends(UnlockGroup)
      .when(answers('lock group'))
      .ends('undone');
  });
});

describe('the traffic of a failover', () => {
  const SWITCH = { command: 'announce', serves: [{ id: 'srv-1', name: 'web' }] };
  const checked = answers('check target', { runId: 'run-1', warnings: [], traffic: [SWITCH] });
  const switching = () => given(failover, ...PINNED, checked, ...COMMITTED.slice(CHECKED.length)).sends(SwitchTraffic);

  it('is switched as it was checked, and nothing of the lost primary is called for it', () => {
    expect(switching().asked('switch traffic').data).toEqual({
      groupId: 'grp-1',
      runId: 'run-1',
      traffic: [SWITCH],
      lost: 'alpha',
    });
  });

  it('is looked at with the target, as its plan says it', () => {
    const planTraffic = [{ command: 'announce' }];
    const scenario = given(failover, answers('lock group'));
    const pinned = { ...(scenario.asked('pin recovery point').command.answer.sample as object), planTraffic };
    scenario.when(answers('pin recovery point', pinned), answers('wait for drills'));
    expect(scenario.asked('check target').data).toMatchObject({ traffic: planTraffic });
  });

  it('that cannot be switched neither undoes the run nor keeps the group locked, and the run knows of it', () => {
    const failed = { switch: 'command announce', outcome: 'failed', at: '2026-01-01T00:00:00.000Z', said: 'no' };
    const scenario = switching()
      .when(answers('switch traffic', { runId: 'run-1', traffic: [failed] }), answers('remove originals'))
      .sends(UnlockGroup)
      .when(answers('unlock group'))
      .ends('completed');
    expect(scenario.state.data).toMatchObject({ switched: [failed] });
  });

  it('is tried again for as long as our own services are away', () => {
    switching()
      .when(fails('switch traffic', AWAY), passes(seconds(10)))
      .sends(SwitchTraffic);
  });
});

describe('a failover with a commit window', () => {
  const looking = (whenOver: 'commit' | 'roll-back') => {
    const { start } = failover;
    const sample = { ...(start.sample as object), commitWindow: { seconds: 600, whenOver } };
    return given({ ...failover, start: { ...start, sample } }, ...VERIFIED).sends();
  };

  it('serves and is not committed until somebody says so', () => {
    const scenario = looking('roll-back');
    expect(stepOf(scenario.state, 'commit window').held).toMatchObject({ word: 'commit' });
    scenario.when(says('end')).sends().when(says('commit')).sends(CommitFailover);
  });

  it('does when nobody says anything what it was told to do then', () => {
    looking('commit')
      .when(passes(seconds(600)))
      .sends(CommitFailover);
    looking('roll-back')
      .when(passes(seconds(600)))
      .sends(RemoveEntities);
  });

  it('is undone when somebody aborts it', () => {
    looking('commit').when(aborts).sends(RemoveEntities);
  });
});

describe('an abort', () => {
  const STEPS = ['lock group', 'pin recovery point', 'wait for drills', 'check target', 'fence primary'] as const;
  const UNDOS = [UnlockGroup, UnpinPoint, undefined, undefined, undefined, ReleaseDisks, RemoveEntities] as const;

  it.each(
    [...STEPS, 'materialise disks', 'recreate entities', 'verify workload'].map((step, at) => [step, at] as const),
  )('while it is at "%s" undoes everything that was begun', (_step, at) => {
    const scenario = given(failover, ...VERIFIED.slice(0, at)).when(aborts);
    for (const undo of UNDOS.slice(0, at + 1)
      .reverse()
      .filter((one) => one !== undefined)) {
      scenario.sends(undo);
      scenario.when(answers(scenario.everSent.at(-1)?.step ?? ''));
    }
    scenario.ends('undone');
  });
});
