// What the scripts of package.json do, each in the order it happens.
import { existsSync } from 'node:fs';
import { build } from './build.mjs';
import { interruption, runChild, untilInterrupted } from './child.mjs';
import { installTestbed, installWorkspace } from './packages.mjs';
import { NODE, ROOT } from './paths.mjs';
import { hasBinaries } from './platform.mjs';
import { say, SetupError } from './say.mjs';
import { runTests } from './tests.mjs';
import { withServers } from './with-servers.mjs';

const CANNOT = 75; // EX_TEMPFAIL: what test/clouds/up answers where clouds cannot run
const NOT_UP = 69; // EX_UNAVAILABLE: they should run here, and did not come up
const CLOUDS_STATE = process.env.CLOUDS_STATE ?? '/srv/lifeboat-clouds';

/** `testbed` is for those that start servers of their own. Everything but lint and servers first brings the workspace up to date. */
const program =
  (path, { servers, projects, testbed = false }) =>
  async (args) => {
    await installWorkspace({ tools: false });
    if (testbed) await installTestbed();
    await build(projects);
    if (!existsSync(`${ROOT}/${path}`)) throw new SetupError(`${path} does not exist, although the build succeeded.`);
    const start = (env) =>
      runChild(NODE, ['--enable-source-maps', path, ...args], { cwd: ROOT, env, stdio: 'inherit' });
    return servers ? withServers(servers, start) : start({ ...process.env });
  };

async function test(args) {
  await installWorkspace({ tools: true });
  if (hasBinaries()) await installTestbed(); // the chaos suite kills servers of its own
  await build();
  return withServers({ fsync: false }, (env) => runTests(args, env));
}

async function testClouds(args) {
  // Heat is for what a brief run leaves out.
  const parts = process.env.LIFEBOAT_CLOUDS_BRIEF ? ['--mirror'] : ['--mirror', '--heat'];
  const code = await runChild(`${ROOT}/test/clouds/up`, parts, {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (interruption()) return code;
  if (code === CANNOT) {
    say('The real clouds were NOT tested: they cannot be brought up on this machine, for the reason above.');
    return process.env.CI ? 0 : CANNOT;
  }
  if (code !== 0)
    throw new SetupError(
      `The real clouds were NOT tested: they could not be brought up (test/clouds/up ended with ${code}); its logs are in ${CLOUDS_STATE}/log.`,
      NOT_UP,
    );
  await installWorkspace({ tools: true });
  await build();
  const clouds = { LIFEBOAT_CLOUDS_YAML: `${CLOUDS_STATE}/clouds.yaml` };
  say('The clouds stay up for the next time; end them by: test/clouds/down');
  return withServers({}, (env) => runTests(args, { ...env, ...clouds }));
}

async function servers(args) {
  return withServers({}, async (env) => {
    const urls = { LIFEBOAT_DATABASE_URL: env.LIFEBOAT_DATABASE_URL, LIFEBOAT_NATS_URL: env.LIFEBOAT_NATS_URL };
    const exports = Object.entries(urls).map(([name, value]) => `${name}=${value}`);
    console.log(args.includes('--json') ? JSON.stringify(urls) : `export ${exports.join(' ')}`);
    say('PostgreSQL and nats-server are running; Ctrl-C ends them');
    await untilInterrupted();
    return 0;
  });
}

async function buildAll() {
  await installWorkspace({ tools: false });
  await build();
  return 0;
}

async function lint(args) {
  await installWorkspace({ tools: true });
  return runChild(NODE, ['tools/lint/run.mjs', ...args], { cwd: ROOT, stdio: 'inherit' });
}

export const TASKS = {
  demo: program('tools/demo/dist/main.js', { servers: {} }),
  up: program('tools/demo/dist/up.js', { servers: { name: 'up' } }),
  bench: program('test/bench/dist/main.js', { servers: {} }),
  soak: program('test/chaos/dist/soak/main.js', { testbed: true }),
  'driver-test': program('tools/driver-test/dist/main.js', { testbed: true, projects: ['tools/driver-test'] }),
  lifeboat: program('dist/cli/lifeboat.js', { projects: ['apps/cli'] }),
  build: buildAll,
  test,
  'test:clouds': testClouds,
  servers,
  lint,
};
