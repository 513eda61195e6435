import type { Finding, Forecast, ResolvedWave } from '@lifeboat/contracts';
import type { LeaseFindings } from '../leases/group-lease.ts';

/** What the recovery site's pre-flight said, or why it said nothing. */
export type Preflight =
  | {
      readonly checks: number;
      readonly blockers: readonly Finding[];
      readonly warnings: readonly Finding[];
      /** Where there is a plan. */
      readonly waves?: readonly ResolvedWave[] | undefined;
    }
  | { readonly unanswered: Finding };

export interface Known {
  readonly groupId: string;
  /** The point that a failover would serve from. */
  readonly point: { readonly pointId: string; readonly damage: string | null } | undefined;
  readonly rpoRisk: string | undefined;
  /** Why it is not rehearsed as its policy wants. */
  readonly drillRisk: string | undefined;
  readonly rtoSeconds: number | null;
  readonly paused: boolean;
  /** What its plan, if it has one, should be known for. */
  readonly planWarnings: readonly Finding[];
  /** Why it is not written down how its newest point is recovered without Lifeboat. */
  readonly bundleProblem: Finding | undefined;
  /** Why what is kept staged of it is not in step. */
  readonly stagingProblem: Finding | undefined;
  /** What is to be known of the lease that its plan relies on. */
  readonly lease: LeaseFindings;
}

export interface Assessment {
  readonly score: number;
  readonly blockers: readonly Finding[];
  readonly warnings: readonly Finding[];
}

/** Pure. */
export function assess(known: Known, preflight: Preflight | undefined, forecast: Forecast | undefined): Assessment {
  const looked = preflight && !('unanswered' in preflight) ? preflight : undefined;
  const blockers = [
    ...pointBlockers(known),
    ...known.lease.blockers,
    ...(preflight && 'unanswered' in preflight ? [preflight.unanswered] : []),
    ...(looked?.blockers ?? []),
  ];
  const warnings = [
    ...protectionWarnings(known, forecast),
    ...known.lease.warnings,
    ...known.planWarnings,
    ...(looked?.warnings ?? []),
  ];
  return { score: scoreOf(looked?.checks, blockers.length), blockers, warnings };
}

/** Of a hundred checks so many pass. With a blocker it is never 100, and where nothing could be looked at it is 0. */
export function scoreOf(checks: number | undefined, blockers: number): number {
  if (checks === undefined) return 0;
  if (blockers === 0) return 100;
  return Math.min(99, Math.floor((100 * Math.max(0, checks - blockers)) / Math.max(1, checks)));
}

/** Whether there is news in it: other obstacles than before. */
export const isNews = (before: readonly Finding[] | undefined, after: readonly Finding[]): boolean =>
  before === undefined ? after.length > 0 : keysOf(before) !== keysOf(after);

const keysOf = (findings: readonly Finding[]): string =>
  findings
    .map(({ code, where }) => `${code} ${where}`)
    .toSorted()
    .join('\n');

function pointBlockers({ groupId, point }: Known): readonly Finding[] {
  const where = `group ${groupId}`;
  if (!point)
    return [
      {
        code: 'no-recovery-point',
        where,
        message: 'has no sealed recovery point.',
        mend: 'Nothing can be recovered before one is made: "lifeboat point make".',
      },
    ];
  if (point.damage === null) return [];
  return [
    {
      code: 'point-damaged',
      where: `recovery point ${point.pointId}`,
      message: `is damaged, and there is no other: ${point.damage}.`,
      mend: 'Make another: "lifeboat point make".',
    },
  ];
}

function protectionWarnings(known: Known, forecast: Forecast | undefined): readonly Finding[] {
  const where = `group ${known.groupId}`;
  const warnings: Finding[] = [];
  if (known.rpoRisk !== undefined) warnings.push({ code: 'rpo-at-risk', where, message: known.rpoRisk });
  if (known.drillRisk !== undefined)
    warnings.push({
      code: 'drill-overdue',
      where,
      message: known.drillRisk,
      mend: `Look what became of the last: "lifeboat run list --group ${known.groupId}"; rehearse it: "lifeboat run drill ${known.groupId}".`,
    });
  if (known.paused)
    warnings.push({
      code: 'group-paused',
      where,
      message: 'is paused: no points are made by schedule.',
      mend: `Resume it: "lifeboat group resume ${known.groupId}".`,
    });
  if (known.rtoSeconds !== null && forecast && forecast.p90Seconds > known.rtoSeconds)
    warnings.push({
      code: 'rto-at-risk',
      where,
      message: `one failover of ten took ${Math.round(forecast.p90Seconds)} s or more, its policy allows ${known.rtoSeconds} s.`,
      mend: 'Look which step takes long: "lifeboat group readiness".',
    });
  if (known.bundleProblem)
    warnings.push({
      ...known.bundleProblem,
      code: 'bundle-failed',
      message: `how it is recovered without Lifeboat could not be written down: ${known.bundleProblem.message}`,
    });
  if (known.stagingProblem)
    warnings.push({
      ...known.stagingProblem,
      code: 'staging-failed',
      message: `what is kept staged of it is not in step: ${known.stagingProblem.message}`,
    });
  return warnings;
}
