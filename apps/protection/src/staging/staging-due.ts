/** How a group's stage should be: nowhere, or at a site; in step with what, as soon as there is something. */
export type Wanted = 'cold' | { readonly site: string; readonly what?: string };

export interface Known {
  readonly site: string;
  readonly what: string;
  readonly begunAt: Date;
  readonly endedAt: Date | null;
  readonly problem: unknown;
}

/** After a failure it is tried again, not at once. */
const AGAIN_MS = 60_000;
/** A run that long ago has ended, whatever was heard of it. */
const FORGOTTEN_MS = 3 * 3_600_000;

/** Pure: what is to be done for a group that no run holds. While one stages it nothing is: what has changed meanwhile comes after. */
export function stagingDue(wanted: Wanted, known: Known | null, now: Date): 'stage' | 'unstage' | undefined {
  if (wanted === 'cold' || (known && known.site !== wanted.site)) return known ? 'unstage' : undefined;
  if (wanted.what === undefined) return undefined;
  if (!known) return 'stage';
  const since = (then: Date): number => now.getTime() - then.getTime();
  if (known.endedAt === null) return since(known.begunAt) > FORGOTTEN_MS ? 'stage' : undefined;
  if (known.what !== wanted.what) return 'stage';
  return known.problem !== null && since(known.endedAt) > AGAIN_MS ? 'stage' : undefined;
}
