// RabbitMQ as a real process on loopback, for the tests of what listens to OpenStack's notifications. The project does not install it:
// Debian's package `rabbitmq-server` is used where it is there (its service may be stopped).
//
//   import { hasRabbitmq, startRabbitmq } from '…/tools/setup/rabbitmq.mjs'     (types: rabbitmq.d.mts)
//
// A start takes about seven seconds. It ends with the process that started it, even when that is killed (a watchdog sees to it).
import { locate } from './servers/binaries.mjs';
import { takeFolder } from './servers/folder.mjs';
import { createRabbitmq, rabbitmqScript } from './servers/rabbitmq.mjs';
import { Watchdog } from './servers/watchdog.mjs';
import { SetupError } from './say.mjs';

export const hasRabbitmq = () => rabbitmqScript() !== undefined;

export async function startRabbitmq() {
  if (!hasRabbitmq())
    throw new SetupError('RabbitMQ is not installed here. On Debian: apt-get install rabbitmq-server');
  const place = locate();
  const folder = takeFolder(place.data);
  const watchdog = new Watchdog();
  const running = [];
  const onPid = () => {
    const pids = running.map((server) => server.pid).filter((pid) => pid !== undefined);
    watchdog.guard(pids);
    folder.record(pids);
  };
  const stop = async () => {
    for (const server of running.toReversed()) await server.stop();
    watchdog.release();
    folder.giveBack();
  };
  try {
    const { server, epmd, url } = await createRabbitmq({ place, dir: folder.dir, onPid });
    running.push(epmd, server);
    await epmd.start();
    await server.start();
    const handle = { pid: () => server.pid, kill: () => server.kill(), start: () => server.start() };
    return { ...handle, dir: folder.dir, url, stop };
  } catch (thrown) {
    await stop();
    throw thrown;
  }
}
