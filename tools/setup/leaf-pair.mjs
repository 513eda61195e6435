// A hub and a site's leaf node, as deploy/nats configures them, as real processes on loopback, with a link between them that can be cut.
//
//   import { canStartLeafPair, startLeafPair } from '…/tools/setup/leaf-pair.mjs'     (types: leaf-pair.d.mts)
import { execFileSync, spawnSync } from 'node:child_process';
import { chownSync, mkdirSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { ROOT } from './paths.mjs';
import { locate } from './servers/binaries.mjs';
import { takeFolder } from './servers/folder.mjs';
import { freePort } from './servers/free-port.mjs';
import { ServerProcess } from './servers/server-process.mjs';
import { Watchdog } from './servers/watchdog.mjs';

const PASSWORD = 'aPasswordForTests';

export const canStartLeafPair = () => spawnSync('openssl', ['version']).status === 0;

export async function startLeafPair({ site }) {
  const place = locate();
  const folder = takeFolder(place.data);
  const watchdog = new Watchdog();
  const running = [];
  const onPid = () => {
    const pids = running.flatMap(({ pid }) => pid ?? []);
    watchdog.guard(pids);
    folder.record(pids);
  };
  const ports = { hub: await freePort(), monitor: await freePort(), door: await freePort(), leaf: await freePort() };
  const link = new Link(ports.door);
  const stop = async () => {
    await Promise.all(running.map((server) => server.stop()));
    await link.close();
    watchdog.release();
    folder.giveBack();
  };
  const start = (name, env) => {
    running.push(serverOf({ name, env, place, folder, onPid }));
    return running.at(-1).start();
  };
  try {
    const { certificate, key } = certify(folder.dir, place.identity);
    await start('hub', hubSettings(ports, certificate, key));
    await start('leaf', {
      NATS_PORT: ports.leaf,
      NATS_SITE: site,
      NATS_HUB_URL: `tls://leaf:${PASSWORD}@127.0.0.1:${await link.open()}`,
      NATS_CA: certificate,
    });
    return {
      dir: folder.dir,
      hub: handle(running[0], ports.hub),
      leaf: handle(running[1], ports.leaf),
      cut: () => link.cut(),
      heal: () => link.heal(),
      stop,
    };
  } catch (thrown) {
    await stop();
    throw thrown;
  }
}

const hubSettings = (ports, certificate, key) => ({
  NATS_PORT: ports.hub,
  NATS_MONITOR_PORT: ports.monitor,
  NATS_LEAF_PORT: ports.door,
  NATS_LEAF_PASSWORD: PASSWORD,
  NATS_CERTIFICATE: certificate,
  NATS_KEY: key,
});

function serverOf({ name, env, place, folder, onPid }) {
  const store = own(`${folder.dir}/${name}`, place.identity);
  return new ServerProcess({
    name: `nats-server (${name})`,
    command: place.natsServer,
    args: ['-c', `${ROOT}/deploy/nats/${name}.conf`],
    identity: { ...place.identity, env: { PATH: process.env.PATH, NATS_STORE: store, ...env } },
    cwd: store,
    ready: 'Server is ready',
    logFile: `${folder.dir}/${name}.log`,
    onPid,
  });
}

const handle = (server, port) => ({
  url: `nats://127.0.0.1:${port}`,
  pid: () => server.pid,
  kill: () => server.kill(),
  start: () => server.start(),
});

function own(path, { uid, gid }) {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  if (uid !== undefined) chownSync(path, uid, gid);
  return path;
}

/** A certificate for 127.0.0.1 that vouches for itself. */
function certify(dir, { uid, gid }) {
  const [certificate, key] = [`${dir}/hub.pem`, `${dir}/hub.key`];
  const args = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  args.push('-subj', '/CN=hub', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', certificate);
  execFileSync('openssl', args, { stdio: 'ignore' });
  if (uid !== undefined) for (const path of [certificate, key]) chownSync(path, uid, gid);
  return { certificate, key };
}

/** The way from the leaf to the hub. While it is cut, calls are taken and hung up at once. */
class Link {
  #sockets = new Set();
  #whole = true;

  constructor(to) {
    this.server = createServer((near) => {
      if (!this.#whole) return near.destroy();
      const far = connect(to, '127.0.0.1');
      for (const socket of [near, far]) {
        this.#sockets.add(socket);
        const gone = () => {
          near.destroy();
          far.destroy();
          this.#sockets.delete(socket);
        };
        socket.on('error', gone).on('close', gone);
      }
      near.pipe(far).pipe(near);
    });
  }

  async open() {
    const port = await freePort();
    await new Promise((resolve, reject) => this.server.once('error', reject).listen(port, '127.0.0.1', resolve));
    return port;
  }

  cut() {
    this.#whole = false;
    for (const socket of this.#sockets) socket.destroy();
  }

  heal() {
    this.#whole = true;
  }

  async close() {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
