import { WayHome } from '@lifeboat/contracts';

const SENT = { full: 'all', deltas: 'the differences', nothing: 'no bytes' } as const;

/** What a person should know of a run on the way home, by what the run knows: who may have served twice, and what was left. */
export function wayHomeText(state: Readonly<Record<string, unknown>>): readonly string[] {
  const known = WayHome.safeParse(state);
  if (!known.success) return [];
  const { servedByBoth, lostMembers, reversed, originalsRemoved, originalsLeft } = known.data;
  return [
    ...servedByBoth.map(
      ({ name, id, from, until }) =>
        `${name} (${id}) still ran at the site that was left, and was stopped: both sides may have served from ${from} until ${until}`,
    ),
    ...lostMembers.map(
      ({ kind, id }) => `${kind} ${id} stands for nothing where the group runs: it is no member any more`,
    ),
    ...reversed.map(({ kind, name, copy, why }) => `the first point sends ${SENT[copy]} of ${kind} ${name}: ${why}`),
    ...originalsRemoved.map(({ kind, name, id }) => `removed: ${kind} ${name} (${id})`),
    ...originalsLeft.map(({ kind, name, id, why }) => `left: ${kind} ${name} (${id}): ${why}`),
  ];
}
