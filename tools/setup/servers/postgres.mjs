import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { SetupError } from '../say.mjs';
import { freePort } from './free-port.mjs';
import { ServerProcess } from './server-process.mjs';

const USER = 'lifeboat';
const READY = 'database system is ready to accept connections';
// After a kill -9 the back ends of the server that was killed need a moment to notice.
const STILL_DYING = /pre-existing shared memory block|lock file "postmaster.pid" already exists/;

/** A PostgreSQL of our own, on loopback, protected by a random password (in its URL). */
export async function createPostgres({ place, dir, fsync, onPid }) {
  const data = `${dir}/postgres`;
  const passwordFile = `${dir}/postgres.password`;
  if (!existsSync(`${data}/PG_VERSION`)) await initialise({ place, dir, data, passwordFile });
  const port = await freePort();
  const server = new ServerProcess({
    name: 'PostgreSQL',
    command: place.postgres,
    args: ['-D', data, ...settings(port, fsync)],
    identity: place.identity,
    cwd: data,
    ready: READY,
    again: STILL_DYING,
    logFile: `${dir}/postgres.log`,
    onPid,
  });
  return { server, url: `postgres://${USER}:${readFileSync(passwordFile, 'utf8').trim()}@127.0.0.1:${port}/postgres` };
}

function settings(port, fsync) {
  const values = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '', // their paths may have 107 characters at most
    max_connections: 300, // eight services with a pool each, several instances in tests
    shared_buffers: '64MB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...(!fsync && { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

async function initialise({ place, dir, data, passwordFile }) {
  rmSync(data, { recursive: true, force: true }); // what an interrupted start left
  mkdirSync(data, { mode: 0o700 });
  writeFileSync(passwordFile, randomBytes(18).toString('base64url'), { mode: 0o600 });
  for (const path of [data, passwordFile]) own(path, place.identity);
  const args = ['-D', data, '-U', USER, '-A', 'scram-sha-256', '--pwfile', passwordFile];
  args.push('-E', 'UTF8', '--locale=C', '--no-sync', '--no-instructions');
  const { code, output } = await run(place.initdb, args, { ...place.identity, cwd: dir });
  if (code !== 0) throw new SetupError(`PostgreSQL's initdb failed in ${data}. It said:\n${output.trim()}`);
}

function own(path, { uid, gid }) {
  if (uid !== undefined) chownSync(path, uid, gid);
}

function run(command, args, options) {
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.once('error', (thrown) => resolve({ code: 1, output: String(thrown) }));
    child.once('close', (code) => resolve({ code, output }));
  });
}
