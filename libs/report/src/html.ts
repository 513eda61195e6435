import type { Receipt, RunStep, RunSummary } from '@lifeboat/contracts';

/** What a timeline needs to know of a run. */
export type Timed = Pick<RunSummary, 'runId' | 'kind' | 'outcome' | 'startedAt'> & {
  readonly steps: readonly RunStep[];
};

export const escape = (text: unknown): string =>
  String(text ?? '').replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c] ?? c);

/** Of milliseconds. */
export const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;

/** A page that needs nothing beside itself, on paper too. `body` is HTML: whatever comes from elsewhere in it has been escaped. */
export const page = (title: string, body: string): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escape(title)}</title><style>${STYLE}</style>
<h1>${escape(title)}</h1>
${body}
</html>`;

/** A figure with what it is. */
export const tile = (value: unknown, label: string): string => `<div><b>${escape(value)}</b>${escape(label)}</div>`;
export const tiles = (all: readonly string[]): string => `<div class="tiles">${all.join('')}</div>`;

/** One run as bars on a common time axis. */
export function timeline(run: Timed): string {
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

/** What was carried, and what not and why, entity by entity. */
export function receiptTable(receipt: Receipt): string {
  const rows = receipt.entities.map((entity) => {
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

/** Every cell is escaped. */
export const table = (head: readonly string[], rows: readonly (readonly unknown[])[]): string =>
  `<table><tr>${head.map((h) => `<th>${escape(h)}`).join('')}${rows.map((row) => `<tr>${row.map((cell) => `<td>${escape(cell)}`).join('')}`).join('')}</table>`;

const STYLE = `body{font:15px/1.45 system-ui,sans-serif;max-width:1000px;margin:2em auto;padding:0 1em;color:#1b2733}
table{border-collapse:collapse;width:100%;margin:.5em 0}td,th{border-bottom:1px solid #d8dee4;padding:.3em .5em;text-align:left;vertical-align:top}
code{font-size:85%}svg{width:100%;font:12px system-ui}rect{fill:#2a78b5}rect.failed,rect.undo-failed{fill:#b3261e}rect.undone,rect.undoing{fill:#c77700}
.tiles{display:flex;flex-wrap:wrap;gap:.6em}.tiles div{border:1px solid #d8dee4;border-radius:6px;padding:.6em 1em;min-width:7em}.tiles b{display:block;font-size:150%}
.good{color:#1a7f37}.bad,.unexplained{color:#b3261e}.mapped{color:#2a78b5}.dropped{color:#c77700}
@media print{body{max-width:none;margin:0}tr,svg{break-inside:avoid}}`;
