// PostgreSQL and nats-server of our own, as real processes on loopback: for tests, the demo and `npm run up`.
//
//   import { startServers } from '…/tools/setup/servers.mjs'     from JavaScript and TypeScript (types: servers.d.mts)
//   node tools/setup/run.mjs servers [--json]                     for people and other programs: stays until it is ended
//
// A start takes about a second. The servers end with the process that started them, even when that is killed (a watchdog sees to it).
import { say } from './say.mjs';
import { locate } from './servers/binaries.mjs';
import { takeFolder } from './servers/folder.mjs';
import { createNats } from './servers/nats.mjs';
import { createPostgres } from './servers/postgres.mjs';
import { Watchdog } from './servers/watchdog.mjs';

export { freePort } from './servers/free-port.mjs';

export async function startServers({ name, fsync = true, postgres = true, nats = true } = {}) {
  const place = locate();
  if (place.moved)
    say(
      `PostgreSQL and nats-server run from and in ${place.data}, since they may not enter this folder as another user than root`,
    );
  const folder = takeFolder(place.data, name);
  const watchdog = new Watchdog();
  const running = [];
  const onPid = () => {
    const pids = running.map((server) => server.pid).filter((pid) => pid !== undefined);
    watchdog.guard(pids);
    folder.record(pids);
  };
  const options = { place, dir: folder.dir, fsync, onPid };
  const stop = async () => {
    await Promise.all(running.map((server) => server.stop()));
    watchdog.release();
    folder.giveBack();
  };
  try {
    const [database, bus] = await Promise.all([
      postgres ? createPostgres(options) : undefined,
      nats ? createNats(options) : undefined,
    ]);
    running.push(...[database, bus].flatMap((made) => (made ? [made.server] : [])));
    await Promise.all(running.map((server) => server.start()));
    return {
      dir: folder.dir,
      databaseUrl: database?.url,
      natsUrl: bus?.url,
      natsMonitorUrl: bus?.monitorUrl,
      postgres: database && handle(database.server),
      nats: bus && { ...handle(bus.server), wipe: bus.wipe },
      stop,
    };
  } catch (thrown) {
    await stop();
    throw thrown;
  }
}

const handle = (server) => ({
  pid: () => server.pid,
  kill: () => server.kill(),
  start: () => server.start(),
});
