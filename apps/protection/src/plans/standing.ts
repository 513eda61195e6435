import type { Mappings, Members, PlanState, ResolvedWave } from '@lifeboat/contracts';
import { sameJson } from '@lifeboat/kernel';

/** What a plan covers at a moment: a change of any of it is a change of what a failover would do. */
export interface Covers {
  readonly members: Members;
  /** The group's own. */
  readonly mappings: Mappings;
  /** Ids of the servers of each wave, sorted; `null` while nobody has looked. */
  readonly waves: Readonly<Record<string, readonly string[]>> | null;
}

export const wavesCovered = (waves: readonly ResolvedWave[]): NonNullable<Covers['waves']> =>
  Object.fromEntries(waves.map(({ name, servers }) => [name, servers.map(({ id }) => id).toSorted()]));

/** What of it is other than it was; `undefined` when nothing is, as far as somebody has looked. Pure. */
export function driftOf(then: Covers, now: Covers): string | undefined {
  if (!sameJson(then.members, now.members)) return "the group's members are chosen otherwise than when it was verified";
  if (!sameJson(then.mappings, now.mappings)) return "the group's own mappings are others than when it was verified";
  const [before, after] = [then.waves, now.waves];
  if (!before || !after) return undefined;
  const changed = [...new Set([...Object.keys(before), ...Object.keys(after)])].find(
    (name) => !sameJson(before[name], after[name]),
  );
  return changed === undefined ? undefined : `wave "${changed}" has other servers than when it was verified`;
}

export interface Standing {
  readonly state: PlanState;
  readonly why?: string;
}

interface Known {
  readonly version: number;
  readonly verified: { readonly version: number; readonly covers: Covers } | null;
  /** As it was found last. */
  readonly drift: string | null;
}

/** Whether a plan was verified as it is now. Pure. */
export function standingOf({ version, verified, drift }: Known, group: Omit<Covers, 'waves'>): Standing {
  const unverified = (why: string): Standing => ({ state: 'needs-verification', why });
  if (!verified) return unverified('it was never verified');
  if (verified.version !== version)
    return unverified(`version ${verified.version} was verified, and it was changed since`);
  const found = drift ?? driftOf(verified.covers, { ...group, waves: null });
  return found === undefined ? { state: 'verified' } : unverified(found);
}
