import { escape, page, receiptTable, seconds, table, tile, tiles, timeline } from '@lifeboat/report';
import type { Report, TraceSpan } from './report.ts';

/** The report as one page that needs nothing beside itself. */
export function reportHtml(report: Report): string {
  return page(
    report.title,
    `<p>${report.problems.length === 0 ? '<b class="good">Every byte and field is accounted for.</b>' : `<b class="bad">${report.problems.map(escape).join('; ')}</b>`}
 ${escape(report.startedAt)}, ${report.clouds} clouds, as ${report.as}. Trace <code>${escape(report.traceId)}</code>.</p>
${figures(report)}
<h2>Timeline</h2>${report.runs.map(timeline).join('')}
<h2>Volumes, byte by byte</h2>${table(
      ['volume', 'driver', 'bytes', 'equal', 'how'],
      report.volumes.details.map((v) => [v.name, v.driver, v.bytes, v.equal ? 'yes' : 'NO', v.how]),
    )}
<h2>Fidelity receipt</h2>${receiptTable(report.receipt)}
${
  report.warnings.length > 0
    ? `<h2>Said before the run</h2>${table(
        ['where', 'what', 'mend'],
        report.warnings.map((w) => [w.where, w.message, w.mend ?? '']),
      )}`
    : ''
}
<h2>Trace</h2>${trace(report.spans)}`,
  );
}

function figures(report: Report): string {
  const { fields, volumes, guest } = report;
  return tiles([
    tile(`${report.rpoSeconds.toFixed(1)} s`, 'RPO reached'),
    tile(`${report.rtoSeconds.toFixed(1)} s`, 'RTO reached'),
    tile(`${volumes.equal} / ${volumes.compared}`, 'volumes equal'),
    tile(fields.carried, 'fields carried'),
    tile(fields.mapped, 'fields mapped'),
    tile(fields.dropped, 'fields dropped'),
    tile(fields.unexplained, 'unexplained'),
    tile(report.orphans, 'orphans'),
    tile(report.doubles, 'doubles'),
    tile(report.primaryCalls, 'calls to the lost primary'),
    guest.resumedAt === undefined
      ? ''
      : tile(`${guest.writtenBeforeLoss} → ${guest.resumedAt}`, 'guest counter at loss → resumed'),
  ]);
}

const SHOWN_SPANS = 400;

function trace(spans: readonly TraceSpan[]): string {
  if (spans.length === 0) return '<p>No spans were collected.</p>';
  const services = [...new Set(spans.map((span) => span.service))].map((name) => {
    const own = spans.filter((span) => span.service === name);
    return [name, own.length, seconds(own.reduce((sum, span) => sum + span.durationMs, 0))];
  });
  const longest = [...spans]
    .sort((a, b) => b.durationMs - a.durationMs)
    .slice(0, SHOWN_SPANS)
    .sort((a, b) => a.startMs - b.startMs);
  const zero = Math.min(...spans.map((span) => span.startMs));
  return `${table(['service', 'spans', 'time in them'], services)}<details><summary>${longest.length} longest of ${spans.length} spans</summary>${table(
    ['at', 'service', 'span', 'took'],
    longest.map((s) => [seconds(s.startMs - zero), s.service, s.name, `${s.durationMs.toFixed(1)} ms`]),
  )}</details>`;
}
