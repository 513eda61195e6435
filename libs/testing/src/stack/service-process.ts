import { timedOut } from '@lifeboat/kernel';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { dirname, join } from 'node:path';
import { until } from '../until.ts';

/** The project's root: where `apps/` is. */
export const PROJECT_ROOT = join(dirname(new URL(import.meta.url).pathname), '..', '..', '..', '..');

export interface ProcessOptions {
  readonly name: string;
  /** Below the project's root, e.g. `dist/programs/saga.js`. */
  readonly script: string;
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
  /** Answers 200 when the process is ready. */
  readonly readyUrl: string;
  /** Started again by itself when it dies, as a service manager would. */
  readonly restart: boolean;
}

/** One service as an operating-system process, started again when it dies, until `stop`. */
export class ServiceProcess {
  private child: ChildProcess | undefined;
  private stopping = false;
  starts = 0;

  constructor(private readonly options: ProcessOptions) {}

  get name(): string {
    return this.options.name;
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  start(): void {
    if (this.stopping) return;
    this.starts++;
    const log = createWriteStream(this.options.logFile, { flags: 'a' });
    const child = spawn(
      join(PROJECT_ROOT, 'node_modules/.bin/node'),
      ['--max-semi-space-size=4', '--import', './dist/programs/register.js', this.options.script],
      {
        cwd: PROJECT_ROOT,
        env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...this.options.env },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    child.once('exit', () => {
      log.end();
      if (this.child === child) this.child = undefined;
      if (!this.stopping && this.options.restart) setTimeout(() => this.start(), RESTART_MS);
    });
    this.child = child;
  }

  async ready(timeoutMs = 240_000): Promise<void> {
    await until(
      `${this.name} to be ready (log: ${this.options.logFile})`,
      async () => {
        const answer = await fetch(this.options.readyUrl).catch(() => undefined);
        if (!answer && !this.child && !this.options.restart)
          throw timedOut('service-died', `${this.name} ended before it was ready; its log is ${this.options.logFile}.`);
        return answer?.ok ? true : undefined;
      },
      { timeoutMs, everyMs: 50 },
    );
  }

  /** Whether it runs and answers, be it that it is not ready because of others. */
  async isUp(): Promise<boolean> {
    return (await fetch(this.options.readyUrl).catch(() => undefined)) !== undefined;
  }

  /** What it exports to Prometheus. */
  async metrics(): Promise<string> {
    return (await fetch(new URL('/metrics', this.options.readyUrl))).text();
  }

  /** kill -9, no farewell. */
  kill(): void {
    this.child?.kill('SIGKILL');
  }

  async stop(): Promise<void> {
    this.stopping = true;
    const child = this.child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    const hard = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await ended;
    clearTimeout(hard);
  }
}

const RESTART_MS = 150;
const STOP_MS = 5_000;
