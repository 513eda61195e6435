import { sameJson } from '@lifeboat/kernel';
import type { Json } from '@lifeboat/kernel';
import type { Served } from './served.ts';
import type { SwitchKind } from './switch-kind.ts';

/** What stood there when the group left the site that it comes home to, and at what it was reached then. */
export interface Earlier {
  readonly before: Json;
  readonly former: readonly string[];
}

export interface Wanted {
  readonly after: Json;
  readonly how: 'switched' | 'put-back';
}

/**
 * Pure: what is to stand there now. On the way home it is what stood there, as it was (weights, TTLs, an address that is none of a server's), as long as the
 * servers are reached at what they were reached at then; else it is what the plan says.
 */
export function wantedNow(
  kind: Pick<SwitchKind<unknown, Json>, 'look' | 'wanted'>,
  what: unknown,
  known: { readonly before: Json; readonly servers: readonly Served[]; readonly earlier?: Earlier | undefined },
): Wanted {
  const { before, servers, earlier } = known;
  if (
    kind.look &&
    earlier &&
    sameSet(
      earlier.former,
      servers.flatMap(({ addresses }) => addresses),
    )
  )
    return { after: earlier.before, how: 'put-back' };
  return { after: kind.wanted(what, before, servers), how: 'switched' };
}

const sameSet = (one: readonly string[], other: readonly string[]): boolean =>
  sameJson([...new Set(one)].toSorted(), [...new Set(other)].toSorted());
