import { external, timedOut, unavailable } from '@lifeboat/kernel';
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { Tail } from './tail.ts';

/** `EX_TEMPFAIL`: by this a program says that it is to be asked again. */
const TRY_AGAIN = 75;
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const ANSWER_BYTES = 64 * 1024;
const SAID_BYTES = 4 * 1024;
/** A program that does not end when it is asked to. */
const KILL_AFTER_MS = 2_000;

export interface Running {
  /** For errors: whose command it is. */
  readonly what: string;
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Its standard input; without it it ends at once. */
  readonly input?: string;
}

/** To the whole process group: what a script began must not go on when the script does not. */
function kill({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ESRCH') throw thrown;
  }
}

function stopWhen(signal: AbortSignal, child: ChildProcess): void {
  const stop = (): void => {
    kill(child, 'SIGTERM');
    setTimeout(() => kill(child, 'SIGKILL'), KILL_AFTER_MS).unref();
  };
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  child.once('close', () => signal.removeEventListener('abort', stop));
}

/**
 * Runs a program without a shell, in a process group and with an environment of its own: the service's, which may hold secrets, is not handed on.
 * Answers its standard output. Throws `timeout`, `unavailable` `hook-not-yet` (exit status 75), and `external` `hook-failed` with the last 4 KiB
 * of what it said.
 */
export async function runCommand([program, ...args]: readonly [string, ...string[]], how: Running): Promise<string> {
  const late = AbortSignal.timeout(how.timeoutMs);
  const child = spawn(program, args, {
    env: { PATH, ...how.env },
    cwd: '/',
    detached: true,
    stdio: 'pipe',
  });
  // A program need not read it: how it ended tells.
  child.stdin.on('error', () => undefined).end(how.input);
  stopWhen(AbortSignal.any([late, how.signal]), child);
  const [answer, said] = [new Tail(ANSWER_BYTES), new Tail(SAID_BYTES)];
  child.stdout.on('data', (chunk: Buffer) => [answer, said].forEach((tail) => tail.add(chunk)));
  child.stderr.on('data', (chunk: Buffer) => said.add(chunk));
  const { promise, resolve, reject } = Promise.withResolvers<number | NodeJS.Signals>();
  child.once('error', reject);
  child.once('close', (code, signal) => resolve(code ?? signal ?? 'SIGKILL'));
  const ended = await promise.catch((cause: unknown) => {
    throw external('hook-not-run', `${how.what}: ${program} could not be started: ${(cause as Error).message}`, {
      retry: 'no',
      mend: 'Correct the path in the file that names it, or the rights of the program.',
      cause,
    });
  });
  if (late.aborted)
    throw timedOut('hook-timed-out', `${how.what} was not done after ${how.timeoutMs / 1_000} s. ${sentence(said)}`);
  how.signal.throwIfAborted();
  if (ended === TRY_AGAIN) throw unavailable('hook-not-yet', `${how.what} wants to be asked again. ${sentence(said)}`);
  if (ended !== 0) throw failedHook(how.what, `ended with ${ended}`, said);
  return answer.text;
}

const sentence = (said: Tail): string =>
  said.text.trim() === '' ? 'It said nothing.' : `It said: ${said.text.trim()}`;

const failedHook = (what: string, how: string, said: Tail) =>
  external('hook-failed', `${what} ${how}. ${sentence(said)}`, {
    retry: 'no',
    mend: 'Look at what it said; the same call with the same LIFEBOAT_KEY can be made again.',
  });
