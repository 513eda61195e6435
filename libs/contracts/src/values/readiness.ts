import { z } from 'zod';
import { Finding } from './common.ts';

/** How long a step of earlier runs took. Half of them took no longer than `p50Seconds`, nine of ten no longer than `p90Seconds`. */
export const StepForecast = z.object({
  name: z.string(),
  p50Seconds: z.number(),
  p90Seconds: z.number(),
  /** Of so many runs. */
  runs: z.number().int(),
});
export type StepForecast = z.infer<typeof StepForecast>;

/** How long a failover will take, by what earlier runs of the group took: the sum of its steps, which follow each other. */
export const Forecast = z.object({
  p50Seconds: z.number(),
  p90Seconds: z.number(),
  steps: z.array(StepForecast),
});
export type Forecast = z.infer<typeof Forecast>;

/** Whether a group could be failed over now, found out without making anything. */
export const Readiness = z.object({
  groupId: z.string(),
  checkedAt: z.string(),
  /** The point that a failover would serve from; absent without one. */
  pointId: z.string().optional(),
  /** How many of a hundred checks pass; below 100 a failover would be refused. */
  score: z.number().int().min(0).max(100),
  blockers: z.array(Finding),
  /** What is worth knowing before, and stops nothing. */
  warnings: z.array(Finding),
  /** By earlier runs; absent before there are any. */
  forecast: Forecast.optional(),
  /** What the policy allows, where it says so. */
  rtoSeconds: z.number().optional(),
});
export type Readiness = z.infer<typeof Readiness>;
