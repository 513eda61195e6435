// `npm run lint`: everything that is checked without running the product, side by side; says which failed and how to mend it.
// `npm run lint -- --fix` mends what can be mended by itself.
import { spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const FIX = process.argv.includes('--fix');
const BIN = 'node_modules/.bin';

const CHECKS = [
  {
    name: 'code (oxlint)',
    command: [`${BIN}/oxlint`, '--type-aware', ...(FIX ? ['--fix'] : [])],
    mend: 'npm run lint -- --fix mends some; the rules and their reasons are in .oxlintrc.json',
  },
  {
    name: 'dependencies (dependency-cruiser)',
    command: [
      `${BIN}/depcruise`,
      '--config',
      '.dependency-cruiser.mjs',
      '--output-type',
      'err-long',
      'apps',
      'libs',
      'test',
      'tools/demo',
      'tools/driver-test',
    ],
    mend: 'each rule in .dependency-cruiser.mjs says why it is there: move the code, or let the two meet in a message',
  },
  {
    name: 'workspace (tools/sync-workspace.mjs)',
    command: [process.execPath, 'tools/sync-workspace.mjs', ...(FIX ? [] : ['--check'])],
    mend: 'npm run sync',
  },
  {
    name: 'reference (tools/reference/run.mjs)',
    command: [
      process.execPath,
      '--experimental-transform-types',
      '--conditions=@lifeboat/source',
      '--disable-warning=ExperimentalWarning',
      'tools/reference/run.mjs',
      ...(FIX ? [] : ['--check']),
    ],
    mend: 'npm run reference',
  },
  {
    name: 'format (prettier)',
    command: [
      `${BIN}/prettier`,
      FIX ? '--write' : '--check',
      '.',
      '--log-level=warn',
      '--cache',
      '--cache-location=node_modules/.cache/lifeboat-prettier',
    ],
    mend: 'npm run format',
  },
];

function run({ command: [command, ...args] }) {
  return new Promise((resolve) => {
    let output = '';
    const from = Date.now();
    const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (chunk) => (output += chunk));
    const end = (code) => resolve({ ok: code === 0, output, seconds: ((Date.now() - from) / 1000).toFixed(1) });
    child.once('error', (thrown) => ((output += thrown), end(1)));
    child.once('close', end);
  });
}

const results = await Promise.all(CHECKS.map(async (check) => ({ ...check, ...(await run(check)) })));
const failed = results.filter((result) => !result.ok);
for (const { name, output } of failed) console.error(`\n--- ${name} ---\n${output.trim()}`);
console.error('');
for (const { name, ok, seconds, mend } of results)
  console.error(`${ok ? 'ok    ' : 'FAILED'} ${name}, ${seconds} s${ok ? '' : `\n       to mend: ${mend}`}`);
process.exit(failed.length ? 1 : 0);
