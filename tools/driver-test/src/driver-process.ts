import { unavailable } from '@lifeboat/kernel';
import { driverProtocol } from '@lifeboat/replication-driver-api';
import type { DriverRequest } from '@lifeboat/replication-driver-api';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';

const UP_WITHIN_MS = 30_000;
const LOOK_MS = 20;

/** The process of a remote driver, to be killed at any moment and started again. */
export class DriverProcess {
  private child: ChildProcess | undefined;
  private life = new AbortController();

  constructor(
    private readonly name: string,
    private readonly command: string,
    private readonly env: Readonly<Record<string, string>>,
    private readonly asked: DriverRequest,
  ) {}

  /** As the bus carries it, but who asks a process that is killed does not wait for the time-out. */
  readonly request: DriverRequest = (subject, body, { timeoutMs, signal }) =>
    this.asked(subject, body, { timeoutMs, signal: AbortSignal.any([signal, this.life.signal]) });

  /** Resolves when it describes itself. Throws `driver-not-started` when it ended, or says nothing for half a minute. */
  async start(): Promise<void> {
    this.life = new AbortController();
    const child = spawn('sh', ['-c', `exec ${this.command}`], {
      env: { ...process.env, ...this.env },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    this.child = child;
    const deadline = Date.now() + UP_WITHIN_MS;
    while (!(await this.answers())) {
      if (child.exitCode !== null || Date.now() > deadline)
        throw unavailable('driver-not-started', `"${this.command}" does not answer as driver "${this.name}".`, {
          mend: `It has to answer on ${driverProtocol.describeSubject(this.name)} at LIFEBOAT_NATS_URL.`,
        });
      await pause(LOOK_MS);
    }
  }

  async kill(): Promise<void> {
    await this.stop();
    await this.start();
  }

  async stop(): Promise<void> {
    const child = this.child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
    this.life.abort(unavailable('driver-killed', 'The process was killed.'));
  }

  private async answers(): Promise<boolean> {
    try {
      const signal = AbortSignal.timeout(1_000);
      await this.asked(
        driverProtocol.describeSubject(this.name),
        { api: driverProtocol.API },
        { timeoutMs: 1_000, signal },
      );
      return true;
    } catch {
      return false; // Not yet.
    }
  }
}
