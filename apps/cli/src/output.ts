import { asLifeboatError } from '@lifeboat/kernel';
import Table from 'cli-table3';

export interface OutputOptions {
  readonly json: boolean;
}

/** One thing or a list: JSON on one line with `--json`, else a table for people. Results go to stdout, everything else to stderr. */
export function print<T extends object>(
  value: T | readonly T[],
  columns: Readonly<Record<string, (row: T) => unknown>>,
  options: OutputOptions,
): void {
  if (options.json) return void process.stdout.write(`${JSON.stringify(value)}\n`);
  const rows: readonly T[] = Array.isArray(value) ? (value as readonly T[]) : [value as T];
  if (rows.length === 0) return void process.stdout.write('(none)\n');
  const table = new Table({ head: Object.keys(columns), style: { head: [], border: [], compact: true } });
  for (const row of rows) table.push(Object.values(columns).map((cell) => String(cell(row) ?? '')));
  process.stdout.write(`${table.toString()}\n`);
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

export function bytes(count: number): string {
  const power = count < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(count) / 10));
  const value = count / 1024 ** power;
  return `${power === 0 ? value : value.toFixed(1)} ${UNITS[power]}`;
}

export const say = (text: string): void => void process.stderr.write(`${text}\n`);

/** sysexits(3), so that scripts can tell a mistake of theirs from a service that is away. */
const EXIT = { usage: 64, unavailable: 69, software: 70, noPermission: 77 } as const;

/** Prints one sentence and how to mend it; answers the exit code. */
export function report(thrown: unknown, options: OutputOptions): number {
  const error = asLifeboatError(thrown);
  if (options.json) process.stdout.write(`${JSON.stringify({ error })}\n`);
  say(`lifeboat: ${error.message}${error.mend ? ` ${error.mend}` : ''} (${error.code})`);
  if (error.kind === 'unavailable' || error.kind === 'timeout') return EXIT.unavailable;
  if (error.kind === 'forbidden') return EXIT.noPermission;
  return error.kind === 'bug' ? EXIT.software : EXIT.usage;
}

export const age = (iso: string | undefined, now = Date.now()): string => {
  if (!iso) return '-';
  return lasting(Math.max(0, (now - Date.parse(iso)) / 1000));
};

export function lasting(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}
