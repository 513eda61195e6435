import { PROJECT_ROOT } from '@lifeboat/testing';
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const PEER = '@dbos-inc/dbos-sdk';
const VERSION = '5.3.0';
const PROGRAM = join(PROJECT_ROOT, 'test/bench/src/recovery/dbos-steps.mjs');

interface Load {
  readonly runs: number;
  readonly steps: number;
  readonly atOnce: number;
  readonly warmUp: number;
}

/** DBOS Transact as a process of its own on the measured core; it is installed beside the project when it is missing. `undefined`, and why, where it cannot be had. */
export async function dbosStepsPerSecond(
  databaseUrl: string,
  load: Load,
  say: (what: string) => void,
): Promise<number | undefined> {
  try {
    const home = installed(say);
    const { stdout } = await promisify(execFile)(
      'taskset',
      ['-c', '1', join(PROJECT_ROOT, 'node_modules/.bin/node'), PROGRAM, home, databaseUrl, JSON.stringify(load)],
      { maxBuffer: 2 ** 26 },
    );
    return Number(stdout.trim().split('\n').at(-1));
  } catch (thrown) {
    say(`NOT compared with DBOS Transact: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
    return undefined;
  }
}

function installed(say: (what: string) => void): string {
  const home = join(PROJECT_ROOT, '.lifeboat/bench-peers');
  if (existsSync(join(home, 'node_modules', PEER))) return home;
  say(`installing ${PEER}`);
  mkdirSync(home, { recursive: true });
  execFileSync('npm', ['install', '--prefix', home, '--no-save', '--no-audit', '--no-fund', `${PEER}@${VERSION}`], {
    stdio: 'ignore',
  });
  return home;
}
