import type { Freeze, Point, Quiesce } from '@lifeboat/contracts';

export interface QuiesceOptions {
  readonly quiesce?: string;
  readonly quiesceAtMost: string;
  readonly quiesceRequired?: true;
}

export const quiesceOf = ({
  quiesce: hook,
  quiesceAtMost,
  quiesceRequired,
}: QuiesceOptions): { readonly quiesce?: unknown } =>
  hook === undefined
    ? {}
    : { quiesce: { hook, need: quiesceRequired ? 'required' : 'preferred', atMostSeconds: Number(quiesceAtMost) } };

export const quiesceText = ({ hook, need, atMostSeconds }: Quiesce): string =>
  `${hook}, ${need}, at most ${atMostSeconds} s`;

/** What was achieved, with how far apart, and what was wanted where that is more. */
export function consistencyText({
  consistency,
  consistencyMissed: wanted,
}: Pick<Point, 'consistency' | 'consistencyMissed'>): string {
  if (!consistency) return '';
  const { level, skewMs, freeze } = consistency;
  const missed = freeze && freeze.outcome !== 'held' ? `, not held still by ${freeze.hook}` : '';
  return `${level}${skewMs ? ` (skew ${skewMs} ms)` : ''}${missed}${wanted ? `, less than ${wanted}, which its policy wants` : ''}`;
}

const SENTENCE: Readonly<Record<Freeze['outcome'], string>> = {
  held: 'held the application still',
  failed: 'did not hold the application still',
  'ran-out': 'held the application still, not for long enough',
  lost: 'did not hold the application still all the time',
};

/** How long the application was held still, from when to when, and what went wrong. */
export function freezeText(freeze: Freeze | undefined): string {
  if (!freeze) return '';
  const { hook, outcome, from, to, ms, why } = freeze;
  const span = to === undefined ? ' from '.concat(from ?? '') : ` for ${ms} ms, from ${from} to ${to}`;
  const open = from !== undefined && to === undefined ? '; it is NOT known to be let go of' : '';
  return `${hook} ${SENTENCE[outcome]}${from === undefined ? '' : span}${why === undefined ? '' : `: ${why}`}${open}`;
}
