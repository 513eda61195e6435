// What package.json's scripts call: node tools/setup/run.mjs <what> [arguments]. Has no dependencies, since it installs them.
import { checkPlatform } from './platform.mjs';
import { SetupError } from './say.mjs';

const [what, ...args] = process.argv.slice(2);
const NEED_NO_SERVERS = ['build', 'lifeboat', 'lint'];

let interruption = () => undefined;
try {
  const named = process.env.LIFEBOAT_DATABASE_URL && process.env.LIFEBOAT_NATS_URL;
  checkPlatform(!named && !NEED_NO_SERVERS.includes(what));
  // Only now: the rest uses what a Node that is too old does not have.
  const [{ TASKS }, child] = await Promise.all([import('./tasks.mjs'), import('./child.mjs')]);
  const task = TASKS[what];
  if (!task) throw new SetupError(`Usage: node tools/setup/run.mjs ${Object.keys(TASKS).join(' | ')} [arguments]`, 64);
  interruption = child.interruption;
  child.passOnSignals();
  const code = await task(args);
  process.exit(interruption() ?? code);
} catch (thrown) {
  if (interruption()) process.exit(interruption()); // what failed because we were told to end is no news
  if (!(thrown instanceof SetupError)) throw thrown;
  console.error(`\n${thrown.message}`);
  process.exit(thrown.exitCode);
}
