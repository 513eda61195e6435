import {
  CheckTarget,
  LookForLeaks,
  MaterialiseDisks,
  PinPoint,
  RecreateEntities,
  ReleaseDisks,
  RemoveEntities,
  UnpinPoint,
  VerifyWorkload,
} from '@lifeboat/contracts';
import { aborts, answers, fails, given, isSupersededBy, minutes, outlineOf, passes, says } from '@lifeboat/saga-engine';
import { drill } from './drill.saga.ts';
import { failover } from './failover.saga.ts';

const NO_WAVES = answers('check target', { runId: 'run-4', warnings: [] });
const CHECKED = [answers('pin recovery point'), NO_WAVES] as const;
const RECREATED = [...CHECKED, answers('materialise disks'), answers('recreate entities')] as const;
const VERIFIED = [...RECREATED, answers('verify workload')] as const;

describe('a drill', () => {
  it('runs the very rows of a failover up to its proof, and differs in their data by the isolation, and by what stands staged, alone', () => {
    const rows = ['check target', 'materialise disks', 'recreate entities', 'verify workload'];
    const dataOf = (send: { data: unknown } | undefined) => send?.data as { isolated?: true; staged?: true };
    const of = (definition: typeof drill) => outlineOf(definition).filter(({ name }) => rows.includes(name));
    const plain = ({ send, undo }: ReturnType<typeof of>[number]) => {
      const { isolated: _isolated, staged: _staged, ...data } = dataOf(send);
      return [send?.command.subject, { ...data, runId: '' }, undo?.command.subject];
    };
    expect(of(drill).map(plain)).toEqual(of(failover).map(plain));
    expect(of(drill).some(({ send }) => dataOf(send).staged)).toBe(false);
    expect(of(drill).map(({ name, send }) => [name, dataOf(send).isolated])).toEqual([
      ['check target', true],
      ['materialise disks', undefined],
      ['recreate entities', true],
      ['verify workload', undefined],
    ]);
  });

  it('takes no lock, so that points go on being made', () => {
    expect(outlineOf(drill).map(({ send }) => send?.command.name)).not.toContain('lock-group');
  });

  it('stands until it is ended, then is removed and looked for', () => {
    given(drill)
      .sends(PinPoint)
      .when(answers('pin recovery point'))
      .sends(CheckTarget)
      .when(NO_WAVES)
      .sends(MaterialiseDisks)
      .when(answers('materialise disks'))
      .sends(RecreateEntities)
      .when(answers('recreate entities'))
      .sends(VerifyWorkload)
      .when(answers('verify workload'))
      .sends()
      .when(says('end'))
      .sends(RemoveEntities)
      .when(answers('remove entities'))
      .sends(ReleaseDisks)
      .when(answers('release disks'))
      .sends(LookForLeaks)
      .when(answers('look for leaks'))
      .sends(UnpinPoint)
      .when(answers('unpin recovery point'))
      .ends('completed');
  });

  it('ends by itself when its time is over, or at once when none was given', () => {
    given(drill, ...VERIFIED)
      .when(passes(minutes(30)))
      .sends(RemoveEntities);
    const { start } = drill;
    const { keepForSeconds: _none, ...sample } = start.sample as { keepForSeconds: number };
    given({ ...drill, start: { ...start, sample } }, ...VERIFIED).sends(RemoveEntities);
  });

  it.each([
    ['while it is made', RECREATED.slice(0, -1)],
    ['while it stands', VERIFIED],
  ] as const)('is removed %s when a failover takes its place, or somebody aborts it', (_when, before) => {
    for (const move of [isSupersededBy('run-2'), aborts])
      given(drill, ...before)
        .when(move)
        .sends(RemoveEntities)
        .when(answers('recreate entities'))
        .sends(ReleaseDisks)
        .when(answers('materialise disks'))
        .sends(UnpinPoint)
        .when(answers('pin recovery point'))
        .ends('undone');
  });

  it('asks an operator about what is left, and keeps its point until nothing is', () => {
    given(drill, ...VERIFIED, says('end'), answers('remove entities'), answers('release disks'))
      .when(fails('look for leaks', { code: 'leaks-left' }))
      .sends()
      .asksOperator('look for leaks');
  });

  it('that has a way out is undone', () => {
    given(drill, ...RECREATED)
      .when(fails('verify workload', { code: 'drill-not-isolated' }))
      .sends(RemoveEntities);
  });
});
