import type { Forecast, RunStep } from '@lifeboat/contracts';

/** The value that so large a part of the others does not exceed. */
function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? 0;
}

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
      return took.length === 0
        ? []
        : [{ name, p50Seconds: quantile(took, 0.5), p90Seconds: quantile(took, 0.9), runs: took.length }];
    }),
  );
  const sum = (of: 'p50Seconds' | 'p90Seconds') =>
    forecasts.reduce((total, stage) => total + Math.max(0, ...stage.map((step) => step[of])), 0);
  return { p50Seconds: sum('p50Seconds'), p90Seconds: sum('p90Seconds'), steps: forecasts.flat() };
}
