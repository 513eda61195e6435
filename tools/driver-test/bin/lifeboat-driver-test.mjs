#!/usr/bin/env node
// What `npx lifeboat-driver-test` runs: the built program, on the Node that came with the workspace.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const program = at('../dist/main.js');
const node = at('../../../node_modules/.bin/node');

if (existsSync(program) && existsSync(node)) {
  const { status } = spawnSync(node, ['--enable-source-maps', program, ...process.argv.slice(2)], { stdio: 'inherit' });
  process.exitCode = status ?? 70;
} else {
  console.error('lifeboat-driver-test is not built yet. `npm run driver-test -- …` builds and runs it.');
  process.exitCode = 69;
}
