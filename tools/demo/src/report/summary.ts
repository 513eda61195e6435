import type { Report } from './report.ts';

const seconds = (n: number): string => `${n.toFixed(1)} s`;

/** The report for a terminal. */
export function summary(report: Report, htmlPath: string): string {
  const run = report.runs.at(-1);
  // A hold that nobody wanted was never begun.
  const timeline = (run?.steps.filter(({ startedAt }) => startedAt) ?? []).map(
    (step) =>
      `  ${step.name.padEnd(22)} ${step.startedAt && step.endedAt ? seconds((Date.parse(step.endedAt) - Date.parse(step.startedAt)) / 1_000).padStart(8) : ''}${step.pivot ? '  (no way back)' : ''}`,
  );
  const { fields, volumes, guest } = report;
  return [
    'Failover, step by step',
    ...timeline,
    '',
    `RPO reached   ${seconds(report.rpoSeconds)}   (from the snapshot's request to the primary's last sign of life)`,
    `RTO reached   ${seconds(report.rtoSeconds)}   (from the request to the commit: up and verified)`,
    `Volumes       ${volumes.equal} of ${volumes.compared} equal, ${volumes.bytes.toLocaleString('en')} bytes compared`,
    `Fields        ${fields.compared} compared: ${fields.carried} carried, ${fields.mapped} mapped, ${fields.dropped} dropped, ${fields.unexplained} unexplained`,
    `Left over     ${report.orphans} orphans, ${report.doubles} doubles`,
    `Primary       ${report.primaryCalls} calls after it was lost`,
    ...(guest.resumedAt === undefined
      ? []
      : [
          `Guest         had written ${guest.writtenBeforePoint} when the point was asked for and ${guest.writtenBeforeLoss} at the loss, went on from ${guest.resumedAt}`,
        ]),
    `Trace         ${report.traceId}`,
    `Report        ${htmlPath}`,
    '',
    report.problems.length === 0
      ? 'Every byte and field is accounted for.'
      : `NOT proven: ${report.problems.join('; ')}.`,
  ].join('\n');
}
