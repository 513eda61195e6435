import type { Capabilities } from '@lifeboat/replication-driver-api';

export interface CaseResult {
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'not applicable';
  readonly seconds: number;
  /** Why it failed, or does not apply. */
  readonly why?: string;
}

/** What was found out about a driver, and on what. */
export interface Card {
  readonly driver: string;
  readonly version?: string;
  readonly api: number;
  readonly summary: string;
  /** `built in`, `package …`, `process …`. */
  readonly comesFrom: string;
  readonly can: Capabilities;
  readonly offers: readonly string[];
  readonly testedOn: string;
  /** Name → version, of what was part of it. */
  readonly with: Readonly<Record<string, string>>;
  readonly at: string;
  readonly cases: readonly CaseResult[];
}

export const failedIn = ({ cases }: Pick<Card, 'cases'>): number =>
  cases.filter(({ outcome }) => outcome === 'failed').length;

/** For people. */
export function textOf(card: Card): string {
  const count = (wanted: CaseResult['outcome']): number =>
    card.cases.filter(({ outcome }) => outcome === wanted).length;
  const lines = [
    ...facts(card).map(([what, value]) => `${what.padEnd(14)}${value}`),
    '',
    ...card.cases.flatMap(({ name, outcome, seconds, why }) => [
      `${outcome.padEnd(14)}${`${seconds.toFixed(1)} s`.padStart(8)}  ${name}`,
      ...(why === undefined ? [] : why.split('\n').map((line) => `${''.padEnd(24)}${line}`)),
    ]),
    '',
    `${card.cases.length} cases: ${count('passed')} passed, ${count('failed')} failed, ${count('not applicable')} not applicable`,
  ];
  return `${lines.join('\n')}\n`;
}

function facts(card: Card): readonly (readonly [string, string])[] {
  const { can } = card;
  return [
    ['driver', [card.driver, card.version].filter(Boolean).join(' ')],
    ['', card.summary],
    ['driver API', String(card.api)],
    ['comes from', card.comesFrom],
    ['carries', can.carries],
    ['consistency', can.consistency],
    ['incremental', can.incremental ? 'yes' : 'no'],
    ['unplanned', can.unplanned ? 'yes' : `no: ${can.whyPlanned ?? 'no reason given'}`],
    ['rollback', can.rollback],
    ['rights', can.rights],
    ['leaves', can.leavesAtSource.join(', ') || 'nothing at the primary'],
    ['offers', card.offers.join(', ') || 'no verb beyond the five'],
    ['tested on', card.testedOn],
    [
      'with',
      Object.entries(card.with)
        .map((pair) => pair.join(' '))
        .join(', '),
    ],
    ['at', card.at],
  ];
}
