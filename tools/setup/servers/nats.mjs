import { chownSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { freePort } from './free-port.mjs';
import { ServerProcess } from './server-process.mjs';

/** A nats-server of our own with JetStream, on loopback. */
export async function createNats({ place, dir, onPid }) {
  const store = `${dir}/nats`;
  const { uid, gid } = place.identity;
  const makeStore = () => {
    mkdirSync(store, { recursive: true, mode: 0o700 });
    if (uid !== undefined) chownSync(store, uid, gid);
  };
  makeStore();
  const [port, monitor] = [await freePort(), await freePort()];
  writeFileSync(`${dir}/nats.conf`, configuration({ port, monitor, store }));
  const server = new ServerProcess({
    name: 'nats-server',
    command: place.natsServer,
    args: ['-c', `${dir}/nats.conf`],
    identity: place.identity,
    cwd: store,
    ready: 'Server is ready',
    logFile: `${dir}/nats.log`,
    onPid,
  });
  return {
    server,
    url: `nats://127.0.0.1:${port}`,
    monitorUrl: `http://127.0.0.1:${monitor}`,
    /** Kills the server and forgets every stream; it must be started again. */
    async wipe() {
      await server.kill();
      rmSync(store, { recursive: true, force: true });
      makeStore();
    },
  };
}

// sync_interval: by default acknowledged messages reach the disk only every two minutes.
const configuration = ({ port, monitor, store }) => `
server_name: lifeboat
listen: "127.0.0.1:${port}"
http: "127.0.0.1:${monitor}"
jetstream { store_dir: ${JSON.stringify(store)}, sync_interval: always, max_memory_store: 64MB, max_file_store: 4GB }
`;
