import { illegalState, unavailable } from '@lifeboat/kernel';
import type { Json } from '@lifeboat/kernel';
import { done, inProgress } from '@lifeboat/replication-driver-api';
import type { DriverIo, Outcome, Promoted } from '@lifeboat/replication-driver-api';
import { serverAt } from './postgresql-settings.ts';
import type { Database } from './postgresql-settings.ts';
import { closePrimary, readPrimary } from './primary.ts';
import type { Position } from './primary.ts';
import { checkStandby, hasReached, openForWrites, promoteStandby, readStandby } from './standby.ts';
import type { Standby } from './standby.ts';

type Named = Database & { readonly name: string };

const AGAIN_MS = 500;

/** For people: where the promoted server stands. What came after that cannot be known without the primary. */
const lostBy = ({ replayed, replayedAt }: Standby): string =>
  replayed === null
    ? 'where it stood when it was promoted is not known any more: it was started anew since'
    : `it stands at ${replayed}, with the last transaction of ${replayedAt ?? 'an unknown moment'}; what the primary acknowledged after that is not there`;

/** Unplanned without a word to the primary; planned after it took its last write and the standby has that. */
export async function promote(
  database: Named,
  point: Position,
  planned: boolean,
  memo: Json | undefined,
  io: DriverIo,
): Promise<Outcome<Promoted>> {
  const server = serverAt(database, io.target.site);
  const standby = await readStandby(server);
  if (!standby.standby) {
    await openForWrites(server);
    return done({ forced: !planned, ...(!planned && { lost: lostBy(standby) }) });
  }
  checkStandby(standby, point, server);
  if (planned) {
    const last = await lastWrite(database, memo, io);
    if (!hasReached(standby, last)) return inProgress({ last }, AGAIN_MS);
  } else if (!hasReached(standby, point.lsn))
    throw illegalState(
      'standby-behind-its-point',
      `The standby of "${database.name}" has replayed up to ${standby.replayed ?? 'nothing'}, and the point is at ${point.lsn}.`,
      { mend: 'It was made anew since, or reads its log again: wait until it has, or choose a point it has reached.' },
    );
  await promoteStandby(server);
  return inProgress(null, AGAIN_MS);
}

/** Closed once: each time would be a later write, and the standby never there. A primary without a standby that streams is left open. */
async function lastWrite(database: Named, memo: Json | undefined, io: DriverIo): Promise<string> {
  const { last } = (memo ?? {}) as { readonly last?: string };
  if (last !== undefined) return last;
  const primary = serverAt(database, io.source.site);
  if (!(await readPrimary(primary, database.slot)).streaming)
    throw unavailable(
      'standby-not-streaming',
      `No standby streams through slot "${database.slot}" of "${database.name}": it would not get what the primary wrote last.`,
      { mend: 'Start the standby, or look at its log.' },
    );
  return (await closePrimary(primary)).lsn;
}
