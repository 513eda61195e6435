// The programs set-up runs, one after the other, and how an interruption reaches them.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

let current;
let interruptedBy;

/**
 * Runs a program to its end; resolves to its exit code (128 + n when signal n ended it).
 * @param options.collect  receives what it prints, when that is piped
 */
export function runChild(command, args, { collect, ...options }) {
  if (interruptedBy) return Promise.resolve(interruption());
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, options);
    current = child;
    if (collect) for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', collect);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      current = undefined;
      resolve(signal ? 128 + constants.signals[signal] : code);
    });
  });
}

/** On Ctrl-C and SIGTERM the program that runs ends first, then what awaits it clears up; see `interruption`. */
export function passOnSignals() {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => {
      interruptedBy ??= signal;
      // On a terminal Ctrl-C reaches the whole group, and a second one means "at once" to some programs.
      if (!(signal === 'SIGINT' && process.stdin.isTTY)) current?.kill(signal);
      onInterruption?.();
    });
}

let onInterruption;

/** Resolves when we are asked to end. */
export const untilInterrupted = () =>
  new Promise((resolve) => {
    if (interruptedBy) resolve();
    onInterruption = resolve;
    setInterval(() => undefined, 1 << 30); // a pending promise alone keeps no process alive
  });

/** The exit code that says which signal ended us; undefined when none did. */
export const interruption = () => interruptedBy && 128 + constants.signals[interruptedBy];
