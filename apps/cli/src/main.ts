#!/usr/bin/env node
import { CommanderError } from 'commander';
import { report } from './output.ts';
import { buildProgram } from './program.ts';

const USAGE = 64;
const program = buildProgram();
try {
  await program.parseAsync();
} catch (thrown) {
  // commander has already said what is wrong; help and version are no errors.
  if (thrown instanceof CommanderError) process.exitCode = thrown.exitCode === 0 ? 0 : USAGE;
  else process.exitCode = report(thrown, { json: process.argv.includes('--json') });
}
