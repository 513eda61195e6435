import { ProbeWave, RecreateEntities, RunHooks } from '@lifeboat/contracts';
import type { DataOf, ResolvedWave } from '@lifeboat/contracts';
import { hours, seconds, to } from '@lifeboat/saga-engine';
import type { SagaBuilder } from '@lifeboat/saga-engine';
import { ofRun } from './runs.ts';
import type { OfRun } from './runs.ts';

export type Wave = ResolvedWave;
type Recreation = DataOf<typeof RecreateEntities>;

/** Nobody is thought to sleep longer over a question. */
const A_WEEK = hours(7 * 24);

/** The servers of these waves are not made yet. */
export const withheldFrom = (waves: readonly Wave[]): Pick<Recreation, 'withheld'> =>
  waves.length === 0
    ? {}
    : { withheld: waves.flatMap(({ servers }) => servers.map(({ id }) => ({ kind: 'server', id }))) };

const laterThan = (waves: readonly Wave[], wave: Wave): readonly Wave[] =>
  waves.slice(waves.findIndex(({ name }) => name === wave.name) + 1);

/**
 * Wave by wave: hooks before, its servers, probes that they serve, hooks after, a word of a person, a pause. What fails here has the run undone; what was made is
 * removed with all else of the run, so no row has an undo of its own.
 */
export const startedInWaves =
  <N extends OfRun>(recreation: (s: N) => Omit<Recreation, 'withheld'>, { isolated }: { readonly isolated?: true }) =>
  <S extends N & { readonly waves: readonly Wave[] }>(rows: SagaBuilder<S>) => {
    const how = isolated ? { isolated } : {};
    return rows.forEach(
      'wave',
      (s) => s.waves,
      (each) =>
        each
          .step('run hooks before', {
            only: ({ before }) => before.length > 0,
            send: ({ wave, ...s }) =>
              to(RunHooks, { ...ofRun(s), ...how, wave: wave.name, when: 'before', hooks: wave.before }),
            keep: ({ hooks }) => ({ hooks }),
          })
          .step('start wave', {
            send: (s) => to(RecreateEntities, { ...recreation(s), ...withheldFrom(laterThan(s.waves, s.wave)) }),
          })
          .step('probe wave', {
            only: ({ probes }) => probes.length > 0,
            send: ({ wave, ...s }) => to(ProbeWave, { ...ofRun(s), ...how, wave: wave.name, probes: wave.probes }),
            keep: ({ probes }) => ({ probes }),
          })
          .step('run hooks after', {
            only: ({ after }) => after.length > 0,
            send: ({ wave, ...s }) =>
              to(RunHooks, { ...ofRun(s), ...how, wave: wave.name, when: 'after', hooks: wave.after }),
            keep: ({ hooks }) => ({ hooks }),
          })
          .hold('prompt', {
            only: ({ prompt }) => prompt !== undefined,
            word: 'go-on',
            forMs: () => A_WEEK,
            whenOver: () => 'undo',
            says: ({ wave }) => wave.prompt,
          })
          .hold('delay', {
            only: ({ delay }) => delay !== undefined,
            word: 'go-on',
            forMs: ({ wave }) => seconds(wave.delay ?? 0),
            whenOver: () => 'go on',
          }),
    );
  };
