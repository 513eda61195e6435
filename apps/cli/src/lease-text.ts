import type { Group } from '@lifeboat/contracts';

type GroupLease = NonNullable<Group['lease']>;
type OfAgent = GroupLease['agents'][number];

/** Who holds the lease that a group's plan relies on, and what agents have stopped; a line each. */
export const leaseLines = ({ site, ttlSeconds, agents }: GroupLease): readonly string[] =>
  agents.some(({ heldSince }) => heldSince !== undefined)
    ? agents.flatMap((one) => [heldText(site, one), ...stoppedLines(site, one)])
    : [`lease of ${ttlSeconds} s: NEVER HELD, so nothing fences ${site}: run fence-agent there`];

function heldText(site: string, { agent, ttlSeconds, grantedAt, heldSince, missed }: OfAgent): string {
  const held = heldSince === undefined ? 'not held yet' : `held since ${heldSince}`;
  return `lease of ${ttlSeconds} s at ${site}, agent ${agent}: ${held}, ${missed ? 'NOT RENEWED since' : 'renewed'} ${grantedAt}`;
}

function stoppedLines(site: string, { agent, stopped }: OfAgent): readonly string[] {
  if (stopped.length === 0) return [];
  const names = stopped.map(({ name, at }) => `${name} (${at})`).join(', ');
  const ids = stopped.map(({ id }) => id).join(' ');
  return [
    `agent ${agent} STOPPED ${names}; nobody starts them but you: "openstack --os-cloud ${site} server start ${ids}"`,
  ];
}
