import type { Forecast, RunStep } from '@lifeboat/contracts';
import { quantile } from '@lifeboat/kernel';

const secondsOf = ({ startedAt, endedAt }: RunStep): number | undefined =>
  startedAt !== undefined && endedAt !== undefined ? (Date.parse(endedAt) - Date.parse(startedAt)) / 1_000 : undefined;

/** How long each of these steps took in earlier runs, and all of them together. Steps of one stage side by side count once: the longest. Pure. */
export function forecastOf(
  stages: readonly (readonly string[])[],
  runs: readonly (readonly RunStep[])[],
): Forecast | undefined {
  if (runs.length === 0) return undefined;
  const forecasts = stages.map((names) =>
    names.flatMap((name) => {
      const took = runs
        .flatMap((steps) => steps.filter((step) => step.name === name && step.state === 'done'))
        .flatMap((step) => secondsOf(step) ?? []);
      const [p50Seconds, p90Seconds] = [quantile(took, 0.5), quantile(took, 0.9)];
      if (p50Seconds === undefined || p90Seconds === undefined) return [];
      return [{ name, p50Seconds, p90Seconds, runs: took.length }];
    }),
  );
  const sum = (of: 'p50Seconds' | 'p90Seconds') =>
    forecasts.reduce((total, stage) => total + Math.max(0, ...stage.map((step) => step[of])), 0);
  return { p50Seconds: sum('p50Seconds'), p90Seconds: sum('p90Seconds'), steps: forecasts.flat() };
}
