import { external, illegalState, invalidInput } from '@lifeboat/kernel';
import type { Json, LifeboatError } from '@lifeboat/kernel';
import { done, inProgress, runCommand } from '@lifeboat/replication-driver-api';
import type { DriverIo, Outcome, PointOfDisk, Reversed } from '@lifeboat/replication-driver-api';
import { leads } from '../application/leads.ts';
import { databaseName, serverAt } from './postgresql-settings.ts';
import type { Database, DatabaseServer } from './postgresql-settings.ts';
import { checkSlot, readPrimary } from './primary.ts';
import { readStandby } from './standby.ts';
import type { Standby } from './standby.ts';

type Named = Database & { readonly name: string };

const AGAIN_MS = 1_000;
/** A standby that was just started looks for the primary every five seconds. */
const STREAMS_WITHIN_MS = 60_000;

const standbyOr = (server: DatabaseServer): Promise<Standby | undefined> =>
  readStandby(server).catch((thrown: LifeboatError) => {
    // Down, or refusing all while it starts: what the command is there for.
    if (thrown.code === 'database-not-reached') return undefined;
    throw thrown;
  });

/** What is told to the command: whom to follow, through what, and which server is to. */
function environment(
  { name, slot }: Named,
  follower: DatabaseServer,
  upstream: DatabaseServer,
  { groupId }: PointOfDisk,
) {
  return {
    LIFEBOAT_VERB: 'reverse',
    LIFEBOAT_DATABASE: name,
    LIFEBOAT_GROUP: groupId,
    LIFEBOAT_SLOT: slot,
    LIFEBOAT_HOST: follower.host,
    LIFEBOAT_PORT: String(follower.port),
    LIFEBOAT_UPSTREAM_HOST: upstream.host,
    LIFEBOAT_UPSTREAM_PORT: String(upstream.port),
    LIFEBOAT_UPSTREAM_USER: upstream.user,
    LIFEBOAT_UPSTREAM_DATABASE: upstream.database,
    ...(upstream.passwordFile !== undefined && { LIFEBOAT_UPSTREAM_PASSWORD_FILE: upstream.passwordFile }),
  };
}

async function rewind(
  database: Named,
  follower: DatabaseServer,
  upstream: DatabaseServer,
  point: PointOfDisk,
  io: DriverIo,
): Promise<void> {
  if (!database.rewind)
    throw invalidInput(
      'rewind-not-configured',
      `Nothing says how the old primary of "${database.name}" becomes a standby.`,
      {
        mend: `Give drivers.postgresql.databases.${database.name}.rewind a command, or make it a standby by hand.`,
      },
    );
  const { command, timeoutSeconds } = database.rewind;
  await runCommand(command, {
    what: `The rewind command of database "${database.name}"`,
    env: environment(database, follower, upstream, point),
    timeoutMs: timeoutSeconds * 1_000,
    signal: io.signal,
  });
}

/** The old primary follows the promoted server; what it alone had written is gone from it then. Judged by what the servers say, not by the command's word. */
export async function reverse(
  database: Named,
  point: PointOfDisk,
  memo: Json | undefined,
  io: DriverIo,
): Promise<Outcome<Reversed>> {
  // Its command must not run beside itself.
  if (!leads(point, databaseName)) return done({ full: false });
  const [follower, upstream] = [serverAt(database, io.source.site), serverAt(database, io.target.site)];
  const promoted = await readStandby(upstream);
  if (promoted.standby)
    throw illegalState('database-is-a-standby', `PostgreSQL at ${upstream.host}:${upstream.port} was not promoted.`, {
      mend: 'Promote it first; only then there is something to reverse.',
    });
  await checkSlot(upstream, database.slot);
  const old = await standbyOr(follower);
  if (
    old?.standby &&
    old.systemIdentifier === promoted.systemIdentifier &&
    (await readPrimary(upstream, database.slot)).streaming
  )
    return done({ full: false });
  const { ranAt } = (memo ?? {}) as { readonly ranAt?: string };
  if (ranAt === undefined) {
    await rewind(database, follower, upstream, point, io);
    return inProgress({ ranAt: io.now() }, AGAIN_MS);
  }
  if (Date.parse(io.now()) - Date.parse(ranAt) < STREAMS_WITHIN_MS) return inProgress({ ranAt }, AGAIN_MS);
  throw external(
    'reverse-without-effect',
    `The rewind command of "${database.name}" ended well, and its server does not stream.`,
    {
      retry: 'no',
      mend: `Look at the log of PostgreSQL at ${follower.host}:${follower.port}.`,
    },
  );
}
