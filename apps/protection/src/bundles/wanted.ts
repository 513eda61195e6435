import type { BundlePolicy } from '@lifeboat/contracts';

export interface BundleSettings {
  readonly LIFEBOAT_BUNDLE_DIR?: string;
  readonly LIFEBOAT_BUNDLE_KEEP: number;
}

export interface Wanted {
  readonly to: string;
  readonly keep: number;
  readonly withoutUserData?: true;
}

/** Where a group's bundles are to stand, and how many; `undefined` where none is made by itself. Pure. */
export function wantedBy(policy: BundlePolicy | null, settings: BundleSettings): Wanted | undefined {
  const to = policy?.to ?? settings.LIFEBOAT_BUNDLE_DIR;
  if (policy?.never || to === undefined) return undefined;
  return {
    to,
    keep: policy?.keep ?? settings.LIFEBOAT_BUNDLE_KEEP,
    ...(policy?.withoutUserData && { withoutUserData: true }),
  };
}

/** What a bundle is of: another point, plan or place is another one. Pure. */
export const whatOf = (
  pointId: string,
  plan: { readonly name: string; readonly version: number } | undefined,
  { to, withoutUserData }: Wanted,
): string => [pointId, plan?.name ?? '', plan?.version ?? '', to, withoutUserData ?? false].join(' ');

/** After a failure it is tried again, not at once. */
const AGAIN_MS = 60_000;

export interface Tried {
  readonly what: string;
  readonly triedAt: Date;
  readonly problem: unknown;
}

/** Pure. */
export const isDue = (what: string, tried: Tried | null, now: Date): boolean =>
  tried?.what !== what || (tried.problem !== null && now.getTime() - tried.triedAt.getTime() > AGAIN_MS);
