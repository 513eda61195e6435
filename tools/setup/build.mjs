import { readFileSync, realpathSync } from 'node:fs';
import { bundle } from './bundle.mjs';
import { runChild } from './child.mjs';
import { NODE, ROOT } from './paths.mjs';
import { say, SetupError, step } from './say.mjs';

const TSC = `${ROOT}/node_modules/.bin/tsc`;
const NOTICEABLE_MS = 1_000;

/** Compiles what changed, in `projects` and all that they refer to (none: everything), and makes the programs of it. */
export async function build(projects = []) {
  checkCompiler();
  let announce = () => undefined;
  const announced = new Promise((resolve) => (announce = resolve));
  const compiling = compile(projects);
  const timer = setTimeout(() => announce(step('Building', () => compiling)), NOTICEABLE_MS);
  const { code, output } = await compiling;
  clearTimeout(timer);
  announce();
  await announced;
  if (code === 0) return bundle(projects);
  say('The build failed; this is what the compiler says (repeat it by: npm run build):');
  throw new SetupError(output.trim());
}

async function compile(projects) {
  let output = '';
  const code = await runChild(NODE, [TSC, '-b', ...projects], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    collect: (chunk) => (output += chunk),
  });
  return { code, output };
}

// TypeScript 6 sits beside 7 for tools that need its JS API; some install orders have been seen to give it the name `tsc`.
function checkCompiler() {
  const real = realpathSync(TSC);
  const { version } = JSON.parse(readFileSync(`${ROOT}/node_modules/@typescript/native/package.json`, 'utf8'));
  if (!real.includes('/@typescript/native/') || !version.startsWith('7.'))
    throw new SetupError(
      `The command tsc is not TypeScript 7 (${real}, ${version}). Remove node_modules and run the same command again.`,
    );
}
