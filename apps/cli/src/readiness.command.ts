import type { Finding, Readiness } from '@lifeboat/contracts';
import type { Command } from 'commander';
import { contextOf } from './context.ts';
import { age, print, say } from './output.ts';
import type { OutputOptions } from './output.ts';

const rtoText = ({ forecast, rtoSeconds }: Readiness): string => {
  const allowed = rtoSeconds === undefined ? '' : ` (allowed: ${rtoSeconds} s)`;
  if (!forecast) return `not known before a first run${allowed}`;
  return `${forecast.p50Seconds.toFixed(1)} s, at worst ${forecast.p90Seconds.toFixed(1)} s${allowed}`;
};

const columns = {
  group: (r: Readiness) => r.groupId,
  ready: (r: Readiness) => (r.blockers.length === 0 ? 'yes' : 'NO'),
  score: (r: Readiness) => r.score,
  'would serve from': (r: Readiness) => r.pointId ?? 'nothing',
  'would take': (r: Readiness) => rtoText(r),
  checked: (r: Readiness) => `${age(r.checkedAt)} ago`,
};

type Shown = Finding & { readonly what: 'blocker' | 'warning' };

const findingColumns = {
  what: (f: Shown) => f.what,
  where: (f: Shown) => f.where,
  message: (f: Shown) => f.message,
  'what to do': (f: Shown) => f.mend ?? '',
};

const NOT_READY = 1;

/** What was found; exits 1 when a failover would be refused. Without `options` nothing is shown. */
export function showReadiness(readiness: Readiness, options: OutputOptions | undefined): void {
  if (readiness.blockers.length > 0) process.exitCode = NOT_READY;
  if (!options) return;
  print(readiness, columns, options);
  if (options.json) return;
  const found: readonly Shown[] = [
    ...readiness.blockers.map((one) => ({ ...one, what: 'blocker' as const })),
    ...readiness.warnings.map((one) => ({ ...one, what: 'warning' as const })),
  ];
  if (found.length > 0) print(found, findingColumns, options);
  for (const { name, p50Seconds, p90Seconds, runs } of readiness.forecast?.steps ?? [])
    say(`${name}: ${p50Seconds.toFixed(1)} s, at worst ${p90Seconds.toFixed(1)} s (of ${runs} runs)`);
}

/** `lifeboat group readiness`; exits 1 when a failover would be refused, for scripts. */
export function readinessCommand(group: Command): void {
  group
    .command('readiness <groupId>')
    .description('whether it could be failed over now, what stands in the way, and how long it would take')
    .option('--now', 'look again instead of telling what was found last', false)
    .action(async (groupId: string, given: { now: boolean }, command: Command) => {
      const { api, options } = contextOf(command);
      const readiness = await (given.now ? api.groups.checkReadiness(groupId) : api.groups.readiness(groupId));
      showReadiness(readiness, options);
    });
}
