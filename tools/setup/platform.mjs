// Refuses what cannot work, before anything else is loaded. Kept to syntax that old versions of Node can read.
import { existsSync } from 'node:fs';
import { SetupError } from './say.mjs';

const OLDEST = [20, 19];

/** @param needsTestbed whether PostgreSQL or nats-server must come from our npm packages, which exist for one platform only */
export function checkPlatform(needsTestbed) {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]))
    throw new SetupError(
      `Set-up needs Node ${OLDEST.join('.')} or newer to begin with; this is ${process.version} (${process.execPath}). ` +
        'Get a newer one from https://nodejs.org (unpack the archive and put its bin folder first in PATH); the Node that runs Lifeboat is installed by set-up itself.',
    );
  if (process.platform === 'win32') throw new SetupError('Lifeboat does not run on Windows itself. Use Linux x64, or the Windows Subsystem for Linux.');
  if (needsTestbed && !hasBinaries())
    throw new SetupError(
      `PostgreSQL and nats-server come as binaries for Linux x64 with glibc; this is ${process.platform} ${process.arch}${isMusl() ? ' with musl' : ''}. ` +
        'Run a PostgreSQL (15 or newer) and a nats-server (2.10.23 or newer, with JetStream) yourself and name them: ' +
        'LIFEBOAT_DATABASE_URL=postgres://user:password@host:5432/postgres LIFEBOAT_NATS_URL=nats://host:4222',
    );
}

export const hasBinaries = () => process.platform === 'linux' && process.arch === 'x64' && !isMusl();

const isMusl = () => process.platform === 'linux' && existsSync('/etc/alpine-release');
