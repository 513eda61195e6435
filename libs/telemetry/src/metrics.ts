/**
 * Metrics in Prometheus' text format, without an SDK: a handful of gauges and histograms do not earn 10 MiB a process. Names follow Prometheus' rules
 * (`lifeboat_queue_depth`), values are seconds or counts as the name says.
 */
type Labels = Readonly<Record<string, string>>;

const gauges = new Map<string, Map<string, number>>();
const sums = new Map<string, Map<string, { count: number; sum: number }>>();

/** Of labels that are used again and again, worked out once. */
const keys = new WeakMap<Labels, string>();

function key(labels: Labels): string {
  const known = keys.get(labels);
  if (known !== undefined) return known;
  const text = Object.entries(labels)
    .map(([k, v]) => `${k}="${v.replace(/["\\\n]/g, '_')}"`)
    .join(',');
  keys.set(labels, text);
  return text;
}

export function setGauge(name: string, value: number, labels: Labels = {}): void {
  const series = gauges.get(name) ?? new Map<string, number>();
  gauges.set(name, series.set(key(labels), value));
}

/** All series of a gauge at once: what is not among them is exported no more. */
export function setGauges(name: string, series: readonly { readonly labels: Labels; readonly value: number }[]): void {
  gauges.set(name, new Map(series.map(({ labels, value }) => [key(labels), value])));
}

/** Counts an observation: exported as `<name>_count` and `<name>_sum`. */
export function observe(name: string, value: number, labels: Labels = {}): void {
  const series = sums.get(name) ?? new Map<string, { count: number; sum: number }>();
  sums.set(name, series);
  const known = series.get(key(labels));
  if (!known) series.set(key(labels), { count: 1, sum: value });
  else {
    known.count++;
    known.sum += value;
  }
}

/** Prometheus' own words for what is no finite number. */
const numeral = (value: number): string =>
  Number.isFinite(value) ? String(value) : Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';

export function renderMetrics(): string {
  const braces = (labels: string): string => (labels ? `{${labels}}` : '');
  const lines: string[] = [];
  for (const [name, series] of gauges) {
    lines.push(`# TYPE ${name} gauge`);
    for (const [labels, value] of series) lines.push(`${name}${braces(labels)} ${numeral(value)}`);
  }
  for (const [name, series] of sums) {
    lines.push(`# TYPE ${name} summary`);
    for (const [labels, { count, sum }] of series)
      lines.push(`${name}_count${braces(labels)} ${count}`, `${name}_sum${braces(labels)} ${sum}`);
  }
  return `${lines.join('\n')}\n`;
}
