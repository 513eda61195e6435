import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { SetupError } from '../say.mjs';
import { signal } from './proc.mjs';

const START_MS = 60_000;
const STOP_MS = 10_000;
const TAIL = 2_000;

/** One server process that can be started, killed and started again on the same port and data. */
export class ServerProcess {
  #child;
  #exited = Promise.resolve();

  /**
   * @param options.ready  text of its output that says it serves
   * @param options.again  text of its output upon which a start that failed is tried once more
   * @param options.onPid  told after each start and end, so that the watchdog knows what to end
   */
  constructor(options) {
    this.options = options;
  }

  get pid() {
    return this.#child?.pid;
  }

  /** Answers when the server says it is ready. Does nothing when it runs. */
  async start() {
    if (this.#child) return;
    for (let attempt = 1; ; attempt++) {
      const failure = await this.#launch();
      if (failure === undefined) return;
      const { name, again, logFile } = this.options;
      if (attempt > 50 || !again?.test(failure))
        throw new SetupError(`${name} did not start (its log is ${logFile}). It said:\n${failure.trim()}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** SIGKILL, no farewell; answers when the process is gone. */
  async kill() {
    if (this.pid) signal(this.pid, 'SIGKILL');
    await this.#exited;
  }

  /** An orderly end without waiting for clients; killed when that takes longer than 10 s. */
  async stop() {
    if (!this.pid) return;
    const hard = setTimeout(() => this.pid && signal(this.pid, 'SIGKILL'), STOP_MS);
    signal(this.pid, 'SIGINT');
    await this.#exited;
    clearTimeout(hard);
  }

  /** Resolves to undefined once ready, or to the last output of a server that ended (or hung) before. */
  #launch() {
    const { command, args, identity, ready, logFile, cwd, onPid } = this.options;
    // A session of its own: Ctrl-C must reach us alone, so that servers outlive the programs that use them.
    const child = spawn(command, args, { ...identity, cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    const log = createWriteStream(logFile, { flags: 'a' });
    log.on('error', () => undefined); // a log folder that was removed must not end the program that uses the server
    return new Promise((resolve) => {
      let tail = '';
      let settled = false;
      const settle = (result) => {
        settled = true;
        clearTimeout(timer);
        resolve(result);
      };
      const timer = setTimeout(() => {
        if (child.pid) signal(child.pid, 'SIGKILL');
      }, START_MS);
      const read = (chunk) => {
        log.write(chunk);
        if (settled) return;
        tail = (tail + chunk).slice(-TAIL);
        if (tail.includes(ready)) settle(undefined);
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      this.#exited = new Promise((gone) => {
        const end = (thrown) => {
          this.#child = undefined;
          onPid?.();
          log.end();
          settle(thrown instanceof Error ? String(thrown) : tail || 'nothing');
          gone();
        };
        child.once('error', end);
        child.once('close', end);
      });
      if (child.pid) onPid?.();
    });
  }
}
