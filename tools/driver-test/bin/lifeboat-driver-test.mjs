#!/usr/bin/env node
// What `npx lifeboat-driver-test` runs: the built program.
import { existsSync } from 'node:fs';

const program = new URL('../dist/main.js', import.meta.url);
if (existsSync(program)) await import(program.href);
else {
  console.error('lifeboat-driver-test is not built yet. Run: npm run build');
  process.exitCode = 69;
}
