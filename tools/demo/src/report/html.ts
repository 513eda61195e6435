import type { RunDetail } from '@lifeboat/contracts';
import type { Report, TraceSpan } from './report.ts';

const escape = (text: unknown): string =>
  String(text ?? '').replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c] ?? c);

const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;

/** The report as one page that needs nothing beside itself. */
export function reportHtml(report: Report): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escape(report.title)}</title><style>${STYLE}</style>
<h1>${escape(report.title)}</h1>
<p>${report.problems.length === 0 ? '<b class="good">Every byte and field is accounted for.</b>' : `<b class="bad">${report.problems.map(escape).join('; ')}</b>`}
 ${escape(report.startedAt)}, ${report.clouds} clouds, as ${report.as}. Trace <code>${escape(report.traceId)}</code>.</p>
${figures(report)}
<h2>Timeline</h2>${report.runs.map(gantt).join('')}
<h2>Volumes, byte by byte</h2>${table(
    ['volume', 'driver', 'bytes', 'equal', 'how'],
    report.volumes.details.map((v) => [v.name, v.driver, v.bytes, v.equal ? 'yes' : 'NO', v.how]),
  )}
<h2>Fidelity receipt</h2>${receipt(report)}
${
  report.warnings.length > 0
    ? `<h2>Said before the run</h2>${table(
        ['where', 'what', 'mend'],
        report.warnings.map((w) => [w.where, w.message, w.mend ?? '']),
      )}`
    : ''
}
<h2>Trace</h2>${trace(report.spans)}
</html>`;
}

function figures(report: Report): string {
  const { fields, volumes, guest } = report;
  const tile = (value: unknown, label: string): string => `<div><b>${escape(value)}</b>${escape(label)}</div>`;
  return `<div class="tiles">${[
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
  ].join('')}</div>`;
}

/** One run as bars on a common time axis. */
function gantt(run: RunDetail): string {
  const steps = run.steps.filter((step) => step.startedAt);
  const start = Date.parse(run.startedAt);
  const total = Math.max(
    1,
    ...steps.map((step) => Date.parse(step.endedAt ?? step.startedAt ?? run.startedAt) - start),
  );
  const rows = steps.map((step, i) => {
    const from = Date.parse(step.startedAt ?? run.startedAt) - start;
    const took = Math.max(0, Date.parse(step.endedAt ?? step.startedAt ?? run.startedAt) - start - from);
    const [x, width] = [200 + (from / total) * 560, Math.max(2, (took / total) * 560)];
    return `<text x="192" y="${i * 22 + 15}" text-anchor="end">${escape(step.name)}</text><rect x="${x.toFixed(1)}" y="${i * 22 + 3}" width="${width.toFixed(1)}" height="15" class="${step.state}"/><text x="${Math.min(x + width + 5, 770).toFixed(1)}" y="${i * 22 + 15}">${seconds(took)}${step.pivot ? ' · no way back' : ''}</text>`;
  });
  return `<h3>${escape(run.kind)} <code>${escape(run.runId)}</code>: ${escape(run.outcome)}, ${seconds(total)}</h3><svg viewBox="0 0 900 ${steps.length * 22 + 6}">${rows.join('')}</svg>`;
}

function receipt(report: Report): string {
  const rows = report.receipt.entities.map((entity) => {
    const noted = entity.fields.filter((field) => field.outcome !== 'carried');
    const carried = entity.fields.length - noted.length;
    const list = noted
      .map(
        (f) => `<span class="${f.outcome}">${f.outcome}</span> <code>${escape(f.field)}</code>: ${escape(f.why ?? '')}`,
      )
      .join('<br>');
    return `<tr><td>${escape(entity.kind)}<td>${escape(entity.name)}<td><code>${escape(entity.sourceId)}</code><br><code>${escape(entity.targetId ?? '–')}</code><td>${carried}<td>${list}`;
  });
  return `<table><tr><th>kind<th>name<th>ids: captured, recovered<th>carried<th>mapped or dropped, and why${rows.join('')}</table>`;
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

const table = (head: readonly string[], rows: readonly (readonly unknown[])[]): string =>
  `<table><tr>${head.map((h) => `<th>${escape(h)}`).join('')}${rows.map((row) => `<tr>${row.map((cell) => `<td>${escape(cell)}`).join('')}`).join('')}</table>`;

const STYLE = `body{font:15px/1.45 system-ui,sans-serif;max-width:1000px;margin:2em auto;padding:0 1em;color:#1b2733}
table{border-collapse:collapse;width:100%;margin:.5em 0}td,th{border-bottom:1px solid #d8dee4;padding:.3em .5em;text-align:left;vertical-align:top}
code{font-size:85%}svg{width:100%;font:12px system-ui}rect{fill:#2a78b5}rect.failed,rect.undo-failed{fill:#b3261e}rect.undone,rect.undoing{fill:#c77700}
.tiles{display:flex;flex-wrap:wrap;gap:.6em}.tiles div{border:1px solid #d8dee4;border-radius:6px;padding:.6em 1em;min-width:7em}.tiles b{display:block;font-size:150%}
.good{color:#1a7f37}.bad,.unexplained{color:#b3261e}.mapped{color:#2a78b5}.dropped{color:#c77700}`;
