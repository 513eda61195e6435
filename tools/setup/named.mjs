// BIND as a real process on loopback, for the tests of what updates the DNS. The project does not install it: Debian's packages `bind9` and
// `bind9-dnsutils` are used where they are there, else they are downloaded and unpacked below .lifeboat, for which nobody need be root.
//
//   import { namedPrograms, startNamed } from '…/tools/setup/named.mjs'     (types: named.d.mts)
//
// It ends with the process that started it, even when that is killed (a watchdog sees to it).
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { bindPrograms } from './servers/bind.mjs';
import { locate } from './servers/binaries.mjs';
import { takeFolder } from './servers/folder.mjs';
import { freePort } from './servers/free-port.mjs';
import { ServerProcess } from './servers/server-process.mjs';
import { Watchdog } from './servers/watchdog.mjs';
import { SetupError } from './say.mjs';

export const namedPrograms = bindPrograms;

export async function startNamed({ zone }) {
  const programs = bindPrograms();
  if (!programs) throw new SetupError('BIND is not there. On Debian: apt-get install bind9 bind9-dnsutils');
  const place = locate();
  const folder = takeFolder(place.data);
  const home = `${folder.dir}/named`;
  const port = await freePort();
  write(home, place.identity, configuration(home, zone, port));
  const watchdog = new Watchdog();
  const server = new ServerProcess({
    name: 'named',
    command: `${programs}/named`,
    args: ['-g', '-c', `${home}/named.conf`, '-n', '1'],
    ready: 'all zones loaded',
    identity: place.identity,
    cwd: home,
    logFile: `${folder.dir}/named.log`,
    onPid: () => {
      const pids = server.pid === undefined ? [] : [server.pid];
      watchdog.guard(pids);
      folder.record(pids);
    },
  });
  const stop = async () => {
    await server.stop();
    watchdog.release();
    folder.giveBack();
  };
  try {
    await server.start();
    const handle = { pid: () => server.pid, kill: () => server.kill(), start: () => server.start() };
    return { ...handle, dir: home, port, keyFile: `${home}/key`, programs, stop };
  } catch (thrown) {
    await stop();
    throw thrown;
  }
}

function write(home, { uid, gid }, files) {
  if (!existsSync(home)) mkdirSync(home, { recursive: true, mode: 0o700 });
  for (const [name, text] of Object.entries(files)) writeFileSync(`${home}/${name}`, text, { mode: 0o600 });
  if (uid !== undefined) for (const name of ['', ...Object.keys(files)]) chownSync(`${home}/${name}`, uid, gid);
}

const configuration = (home, zone, port) => ({
  key: `key "lifeboat" { algorithm hmac-sha256; secret "${randomBytes(32).toString('base64')}"; };\n`,
  'named.conf': `
include "${home}/key";
controls { };
options {
  directory "${home}";
  listen-on port ${port} { 127.0.0.1; };
  listen-on-v6 { none; };
  pid-file none;
  lock-file none;
  session-keyfile "${home}/session.key";
  recursion no;
  dnssec-validation no;
};
zone "${zone}" { type primary; file "zone"; allow-update { key "lifeboat"; }; };
`,
  zone: `$TTL 3600
@ IN SOA ns.${zone} hostmaster.${zone} 1 3600 600 86400 60
@ IN NS ns.${zone}
ns IN A 127.0.0.1
`,
});
