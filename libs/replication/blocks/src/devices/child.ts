import { illegalState } from '@lifeboat/kernel';
import type { ChildProcessByStdio } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';

export type Child = ChildProcessByStdio<null, Readable, Readable>;

export interface Ending {
  /** `null` when a signal ended it. */
  readonly exitCode: number | null;
  /** The last 4 KiB of what it said on stderr. */
  readonly stderr: string;
}

const STDERR_KEPT = 4_096;
const NOT_FOUND = 127;

/**
 * QEMU and librbd take a buffer of its own for each request. As glibc has it, one of 128 KiB or more is mapped and given back each time, which stops all
 * threads of the process and costs more than the reading: requests of 1 MiB are two to five times as fast where freed memory is kept.
 */
const KEEPS_MEMORY = { MALLOC_MMAP_THRESHOLD_: '33554432', MALLOC_TRIM_THRESHOLD_: '67108864' } as const;

/**
 * Starts a program that the kernel kills when the thread that started it is gone, and kills it when `signal` aborts. It sees of our environment only where
 * programs lie: what else is there may be secret.
 */
export function startChild(program: string, args: readonly string[], signal: AbortSignal): Child {
  return spawn('setpriv', ['--pdeathsig', 'KILL', '--', program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], LC_ALL: 'C', ...KEEPS_MEMORY },
    signal,
    killSignal: 'SIGKILL',
  });
}

/** How it ended, after all that it wrote was read; its stdout must be read by somebody. Throws `illegal-state` `program-missing`. */
export async function endingOf(child: Child, program: string): Promise<Ending> {
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-STDERR_KEPT)));
  let notStarted: NodeJS.ErrnoException | undefined;
  // Also told of when `signal` aborts; then the child ends by our signal, and the caller knows why.
  child.on('error', (error: NodeJS.ErrnoException) => (notStarted = error));
  const [exitCode] = (await once(child, 'close').catch(() => [child.exitCode])) as [number | null];
  if (notStarted?.code === 'ENOENT') throw programMissing('setpriv');
  if (exitCode === NOT_FOUND && stderr.startsWith('setpriv:')) throw programMissing(program);
  return { exitCode, stderr };
}

const PACKAGES: Readonly<Record<string, string>> = {
  setpriv: 'util-linux',
  rbd: 'ceph-common',
  'qemu-nbd': 'qemu-utils',
};

const programMissing = (program: string) =>
  illegalState('program-missing', `The program ${program} is not installed on the worker's host.`, {
    mend: `Install it there (Debian: ${PACKAGES[program] ?? program}).`,
    data: { program },
  });
