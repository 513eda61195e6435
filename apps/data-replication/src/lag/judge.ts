import type { LagRow } from './lags.ts';

/** Four looks that nobody answered, at the default of LIFEBOAT_LAG_SECONDS. */
export const SILENT_AFTER_MS = 120_000;

/** Pure: whether replication goes on by itself, and what is known of the cause when not. Silence is no good sign. */
export function judge(
  { healthy, problem, measuredAt, watchedSince, target }: LagRow,
  now: Date,
): { readonly healthy: true } | { readonly healthy: false; readonly problem: string } {
  const heard = measuredAt ?? watchedSince;
  if (now.getTime() - heard.getTime() > SILENT_AFTER_MS)
    return { healthy: false, problem: `nobody has answered how far ${target} is behind since ${heard.toISOString()}` };
  return healthy ? { healthy } : { healthy, problem: problem ?? 'the driver does not say why' };
}
