import {
  CheckTarget,
  MaterialiseDisks,
  RecreateEntities,
  ReleaseDisks,
  RemoveEntities,
  VerifyWorkload,
} from '@lifeboat/contracts';
import type { DataOf, Fence, Finding, PlanWave, ResolvedSwitch, TrafficSwitch } from '@lifeboat/contracts';
import { to } from '@lifeboat/saga-engine';
import type { SagaBuilder } from '@lifeboat/saga-engine';
import { ofRun } from './runs.ts';
import type { Pinned } from './runs.ts';
import { startedInWaves, withheldFrom } from './waves.ts';
import type { Wave } from './waves.ts';

type Known = Omit<Pinned, 'pointId'> & { readonly point: string };
/**
 * `isolated`: nothing of it reaches anything outside of it. `home`: what stands there of the group comes back; `if it is`: where the run leads home. `staged`: what
 * stands there prepared serves.
 */
type How = { readonly isolated?: true; readonly home?: true | 'if it is'; readonly staged?: true };
type Place = Pick<DataOf<typeof CheckTarget>, 'isolated' | 'home' | 'staged'>;
/** Of a run that may lead home, or not. */
interface Led {
  readonly home?: true | undefined;
}

/** Of the plan that the run goes by. */
interface Planned {
  readonly planWaves?: readonly PlanWave[] | undefined;
  readonly planTraffic?: readonly TrafficSwitch[] | undefined;
  readonly planFence?: readonly Fence[] | undefined;
}

interface Checked {
  readonly warnings: readonly Finding[];
  readonly waves: readonly Wave[];
  readonly traffic?: readonly ResolvedSwitch[];
}

/** What is rebuilt, from where and to where. No step calls the primary: its name is but a word in a mark. */
const scene = ({ primary, recovery, metadata, images, mappings, ...run }: Known) => ({
  ...ofRun(run),
  source: primary,
  target: recovery,
  metadata,
  images,
  mappings,
});

const copied = <S extends Known>(rows: SagaBuilder<S>) =>
  rows.step('materialise disks', {
    send: ({ disks, mappings, ...s }) =>
      to(MaterialiseDisks, { ...ofRun(s), pointId: s.point, target: s.recovery, disks, mappings }),
    keep: ({ copies }) => ({ copies }),
    undo: (s) => to(ReleaseDisks, ofRun(s)),
  });

type Copied = Known & Pick<DataOf<typeof RecreateEntities>, 'copies'>;

/** All that no wave holds back; its undo removes what the waves made, too. */
const recreated =
  (how: How) =>
  <S extends Copied & Led & { readonly waves?: readonly Wave[] }>(rows: SagaBuilder<S>) =>
    rows.step('recreate entities', {
      send: (s) =>
        to(RecreateEntities, { ...scene(s), copies: s.copies, ...placeOf(how, s), ...withheldFrom(s.waves ?? []) }),
      keep: ({ entities }) => ({ entities }),
      undo: (s) => to(RemoveEntities, ofRun(s)),
    });

const compared = <S extends Known>(rows: SagaBuilder<S>) =>
  rows.step('verify workload', {
    send: (s) => to(VerifyWorkload, ofRun(s)),
    keep: ({ fields, orphans, doubles }) => ({ fields, orphans, doubles }),
  });

/** All that can be known to fail is found before anything is made. */
export const checked =
  (how: How & { readonly fences?: true } = {}) =>
  <S extends Known & Planned & Led>(rows: SagaBuilder<S>) =>
    rows.step('check target', {
      send: ({ planWaves, planTraffic, planFence, ...s }) =>
        to(CheckTarget, {
          ...scene(s),
          disks: s.disks,
          ...placeOf(how, s),
          ...(how.home === 'if it is' && s.home && { lost: true }),
          ...(planWaves && { waves: [...planWaves] }),
          ...(planTraffic && { traffic: [...planTraffic] }),
          ...(planFence && how.fences && { fence: [...planFence] }),
        }),
      keep: ({ warnings, waves, traffic }): Checked => ({
        warnings,
        waves: waves ?? [],
        ...(traffic && { traffic }),
      }),
    });

/** Where the group was at home nothing is staged. */
function placeOf({ isolated, home, staged }: How, led: Led): Place {
  const leadsHome = home === true || (home === 'if it is' && led.home === true);
  return { ...(isolated && { isolated }), ...(leadsHome ? { home: true } : staged && { staged }) };
}

/**
 * The workload stands and was compared, from copies of a pinned point: the very rows of a real failover and of its rehearsal. Its servers are started wave by
 * wave, as its plan says; without a plan all at once.
 */
export const startedFromCopies =
  (how: How = {}) =>
  <S extends Known & Checked & Led>(rows: SagaBuilder<S>) =>
    rows
      .use(copied)
      .use(recreated(how))
      .use(startedInWaves((s: Copied & Led) => ({ ...scene(s), copies: s.copies, ...placeOf(how, s) }), how))
      .use(compared);

export const servedInWaves =
  (how: How = {}) =>
  <S extends Known & Planned & Led>(rows: SagaBuilder<S>) =>
    rows.use(checked(how)).use(startedFromCopies(how));

/** All at once: as runs did it before there were plans. */
export const servedFromCopies =
  (how: How = {}) =>
  <S extends Known & Led>(rows: SagaBuilder<S>) =>
    rows
      .step('check target', {
        send: (s) => to(CheckTarget, { ...scene(s), disks: s.disks, ...placeOf(how, s) }),
        keep: ({ warnings }) => ({ warnings }),
      })
      .use(copied)
      .use(recreated(how))
      .use(compared);
