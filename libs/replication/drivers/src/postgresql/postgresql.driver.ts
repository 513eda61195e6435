import { unavailable } from '@lifeboat/kernel';
import { configured, done, inProgress, replicationDriver } from '@lifeboat/replication-driver-api';
import type { Disk, ReplicationDriver, SitePair, Support } from '@lifeboat/replication-driver-api';
import { byApplication } from '../application/capabilities.ts';
import { blankCopy, blankNeeds, blankSupport, releaseBlank } from '../application/blank-copy.ts';
import { copyRecipe } from '../openstack/recipes.ts';
import { no, yes } from '../openstack/support.ts';
import { readLag } from './lag.ts';
import { databaseName, databaseOf, PostgresqlSettings, serverAt } from './postgresql-settings.ts';
import { asPosition, checkSlot, takePosition } from './primary.ts';
import { promote } from './promote.ts';
import { reverse } from './reverse.ts';
import { checkStandby, hasReached, readStandby } from './standby.ts';

const AGAIN_MS = 500;

function support(settings: PostgresqlSettings | undefined, disk: Disk, { source, target }: SitePair): Support {
  const blank = blankSupport(disk);
  if (!blank.ok) return blank;
  if (!settings) return no('the drivers file has no databases');
  const name = databaseName(disk);
  if (name === undefined)
    return no("neither the policy's rule nor the volume's metadata lifeboat_database names one of the databases");
  const database = settings.databases[name];
  if (!database) return no(`the drivers file has no database "${name}"`);
  const without = [source.site, target.site].find((site) => !database.servers[site]);
  return without === undefined ? yes : no(`database "${name}" has no server at ${without} in the drivers file`);
}

/** Its servers by site: which of them is the standby, whoever reads it knows. */
function promoteByHand(settings: PostgresqlSettings | undefined, disk: Disk): string {
  const { name, servers } = databaseOf(settings, disk);
  const where = Object.entries(servers).map(([site, { host, port }]) => `${site}: ${host}:${port}`);
  return `Promote the standby of database "${name}" (${where.join(', ')}): "select pg_promote()". The volume that is made for "${disk.name}" is blank.`;
}

export const postgresqlDriver = (settings: PostgresqlSettings | undefined): ReplicationDriver =>
  replicationDriver({
    name: 'postgresql',
    api: 1,
    summary: 'A PostgreSQL at each site, the one a streaming standby of the other: lag, promotion and reversal by SQL.',
    can: byApplication,

    supports: (disk, sites) => support(settings, disk, sites),
    needs: blankNeeds,

    async snapshot({ disk }, _memo, io) {
      const requestedAt = io.now();
      const position = await takePosition(serverAt(databaseOf(settings, disk), io.source.site));
      const snapshot = { lsn: position.lsn, systemIdentifier: position.systemIdentifier };
      return done({ requestedAt, completedAt: io.now(), snapshot, quiesced: 'application' });
    },

    async transfer({ disk }, taken, _memo, io) {
      const database = databaseOf(settings, disk);
      const { lsn, systemIdentifier } = asPosition(taken.snapshot);
      const [source, target] = [serverAt(database, io.source.site), serverAt(database, io.target.site)];
      const streaming = await checkSlot(source, database.slot);
      const standby = await readStandby(target);
      checkStandby(standby, { systemIdentifier }, target);
      if (hasReached(standby, lsn)) return done({ replica: { lsn, systemIdentifier }, bytes: 0 });
      if (streaming) return inProgress(null, AGAIN_MS);
      throw unavailable(
        'standby-not-streaming',
        `The standby of "${database.name}" has replayed up to ${standby.replayed ?? 'nothing'} of ${lsn}, and does not stream through slot "${database.slot}".`,
        {
          mend: `Look at primary_conninfo and primary_slot_name of the server at ${target.host}:${target.port}, and at its log.`,
        },
      );
    },

    materialise: (point, _replica, copy, memo, io) => blankCopy(point, copy, memo, io),
    recipe: (point, _replica, copy, mark) => ({
      ...copyRecipe({}, point, copy, mark),
      byHand: [promoteByHand(settings, point.disk)],
    }),
    whereabouts: () => ({ parts: [], next: 'nothing', why: 'the standby streams by itself' }),
    release: (_point, _copy, _memo, io) => releaseBlank(io),
    async discard() {
      return done(null);
    },

    async lag({ disk }, _replica, io) {
      const database = databaseOf(settings, disk);
      const [source, target] = [serverAt(database, io.source.site), serverAt(database, io.target.site)];
      return readLag(source, target, database.slot, io.now());
    },

    promote: ({ disk }, replica, _copy, { planned }, memo, io) =>
      promote(databaseOf(settings, disk), asPosition(replica), planned, memo, io),

    reverse: (point, _replica, _serving, memo, io) => reverse(databaseOf(settings, point.disk), point, memo, io),
  });

export const postgresql = configured('postgresql', PostgresqlSettings, postgresqlDriver);
