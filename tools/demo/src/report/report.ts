import type { Finding, Receipt, RunDetail } from '@lifeboat/contracts';

export interface VolumeComparison {
  readonly name: string;
  readonly sourceId: string;
  readonly targetId: string | undefined;
  readonly driver: string;
  /** Bytes that were compared. */
  readonly bytes: number;
  readonly equal: boolean;
  /** How it was compared, for a reader who doubts. */
  readonly how: string;
}

export interface TraceSpan {
  readonly service: string;
  readonly name: string;
  readonly startMs: number;
  readonly durationMs: number;
}

/** All that the demo proves, as plain data; `report.json` is this. */
export interface Report {
  readonly title: string;
  readonly startedAt: string;
  readonly clouds: 'simulated' | 'real';
  readonly as: 'admin' | 'member';
  /** From the point's snapshot request to the primary's last proof of life. */
  readonly rpoSeconds: number;
  /** From the request for the failover to its commit, the workload up and verified. */
  readonly rtoSeconds: number;
  readonly volumes: {
    readonly compared: number;
    readonly equal: number;
    readonly bytes: number;
    readonly details: readonly VolumeComparison[];
  };
  readonly fields: Receipt['totals'];
  readonly orphans: number;
  readonly doubles: number;
  readonly traceId: string;
  readonly runs: readonly RunDetail[];
  readonly receipt: Receipt;
  /** What the guest's own counter says about which writes crossed. */
  readonly guest: {
    /** Before the point that was recovered was asked for: all of it must be there. */
    readonly writtenBeforePoint: number | undefined;
    readonly writtenBeforeLoss: number | undefined;
    readonly resumedAt: number | undefined;
  };
  /** Calls that reached the primary while the failover ran; must be 0. */
  readonly primaryCalls: number;
  readonly warnings: readonly Finding[];
  readonly spans: readonly TraceSpan[];
  readonly problems: readonly string[];
}

const differenceOf = ({ name, bytes, driver, how }: VolumeComparison): string =>
  `${name}, carried by ${driver}, is not proven equal: ${how}; equal up to byte ${bytes}`;

/** Why the demo failed, in sentences; none: every byte and field is accounted for. */
export function problemsOf(report: Omit<Report, 'problems'>): readonly string[] {
  const { volumes, fields } = report;
  const { writtenBeforePoint = 0, writtenBeforeLoss = 0, resumedAt = -1 } = report.guest;
  return [
    volumes.compared === 0 && 'no volume was compared',
    ...volumes.details.filter(({ equal }) => !equal).map(differenceOf),
    fields.compared === 0 && 'no field was compared',
    fields.unexplained > 0 && `${fields.unexplained} fields differ without a reason`,
    report.orphans > 0 && `${report.orphans} objects in the recovery cloud belong to nothing`,
    report.doubles > 0 && `${report.doubles} entities stand there twice`,
    report.primaryCalls > 0 && `${report.primaryCalls} calls went to the lost primary`,
    (resumedAt < writtenBeforePoint || resumedAt > writtenBeforeLoss) &&
      `the guest went on from ${resumedAt}, and not from between ${writtenBeforePoint} and ${writtenBeforeLoss}`,
    ...report.runs
      .filter((run) => run.outcome !== 'completed')
      .map((run) => `${run.kind} ${run.runId} ended ${run.outcome}`),
  ].filter((problem): problem is string => problem !== false);
}
