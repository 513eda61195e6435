import { newHashKey } from '@lifeboat/replication-blocks';
import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { extname, join } from 'node:path';

export interface ToCarry {
  readonly source: string;
  readonly target: string;
  readonly folder: string;
  readonly key: string;
  readonly transfer: string;
  readonly base?: string;
}

export interface Carried {
  readonly root: string;
  /** Both ways. */
  readonly bytes: number;
  readonly cpuSeconds: number;
  /** The most that the worker ever had resident. */
  readonly peakMiB: number;
}

/** A worker process and a volume that it carries again and again, without a list of changes: what differs is found by hashes alone. */
export class Worker implements AsyncDisposable {
  private readonly process: ChildProcess;
  private readonly key = newHashKey().toString('base64');
  private base: string | undefined;

  constructor(
    private readonly folder: string,
    readonly source: string,
    readonly target: string,
  ) {
    this.process = fork(join(import.meta.dirname, `worker${extname(import.meta.filename)}`), {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
  }

  async carry(transfer: string): Promise<Carried> {
    const { source, target, folder, key, base } = this;
    this.process.send({ source, target, folder, key, transfer, ...(base !== undefined && { base }) });
    const ended = once(this.process, 'exit').then(([code]): never => {
      throw new Error(`The worker ended with ${String(code)}.`);
    });
    const [carried] = (await Promise.race([once(this.process, 'message'), ended])) as [Carried];
    this.base = carried.root;
    return carried;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.process.exitCode === null && this.process.kill()) await once(this.process, 'exit');
  }
}
