import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { runChild } from './child.mjs';
import { NODE, ROOT } from './paths.mjs';

// Every suite loads its modules anew: with a larger nursery most of that is never copied (an eighth of the CPU time of the small suites).
const JEST = [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  '--max-semi-space-size=64',
  'node_modules/jest/bin/jest.js',
];

/** Jest over all packages; ends with the line `N passed, N failed`. */
export async function runTests(args, env) {
  const folder = mkdtempSync(`${tmpdir()}/lifeboat-jest-`);
  try {
    const results = `${folder}/results.json`;
    // --json moves Jest's report to stderr, --outputFile its machine-readable form into the file.
    const code = await runChild(NODE, [...JEST, '--json', `--outputFile=${results}`, ...args], {
      cwd: ROOT,
      env,
      stdio: ['inherit', 'ignore', 'inherit'],
    });
    const { passed, failed } = count(results, code);
    console.log(`${passed} passed, ${failed} failed`);
    return code;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A test file that cannot even be loaded counts as one failed test; so does a Jest that says nothing. */
function count(file, code) {
  try {
    const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(readFileSync(file, 'utf8'));
    return { passed: numPassedTests, failed: Math.max(numFailedTests + numRuntimeErrorTestSuites, code === 0 ? 0 : 1) };
  } catch {
    return { passed: 0, failed: code === 0 ? 0 : 1 };
  }
}
