import type { LifeboatApi } from '@lifeboat/api-client';
import type { RunDetail } from '@lifeboat/contracts';
import { until } from '@lifeboat/testing';

interface Patience {
  readonly timeoutMs?: number;
  readonly everyMs?: number;
  /** Told of the run at each look. */
  readonly seen?: (run: RunDetail) => void;
}

/** The run when it is over, however it ended. One that is not known yet is waited for: the saga service learns of it by an event. */
export const runOver = (
  api: LifeboatApi,
  runId: string,
  { timeoutMs = 120_000, everyMs, seen }: Patience = {},
): Promise<RunDetail> =>
  until(
    `run ${runId}`,
    async () => {
      const run = await api.runs.get(runId).catch(() => undefined);
      if (run) seen?.(run);
      return run && !['running', 'undoing'].includes(run.outcome) ? run : undefined;
    },
    { timeoutMs, ...(everyMs !== undefined && { everyMs }) },
  );
