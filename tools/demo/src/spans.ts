import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TraceSpan } from './report/report.ts';

interface Line extends TraceSpan {
  readonly traceId: string;
}

/** The spans of one trace, of all services. A torn last line of a killed service is left out. */
export function spansOf(tracesDir: string, traceId: string): readonly TraceSpan[] {
  if (!existsSync(tracesDir)) return [];
  return readdirSync(tracesDir)
    .flatMap((file) => readFileSync(join(tracesDir, file), 'utf8').split('\n'))
    .filter((line) => line.includes(traceId) && line.endsWith('}'))
    .map((line) => JSON.parse(line) as Line)
    .map(({ service, name, startMs, durationMs }) => ({ service, name, startMs, durationMs }))
    .sort((a, b) => a.startMs - b.startMs);
}
