import { unavailable } from '@lifeboat/kernel';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createReadStream, mkdirSync, readdirSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { CloudConfig } from '@lifeboat/openstack-client';
import type { FurtherService } from '@lifeboat/openstack-simulator';
import { freePort } from '../stack/servers.ts';
import { PROJECT_ROOT } from '../stack/service-process.ts';

export interface SimulatedCloudOptions {
  readonly name: string;
  readonly dir: string;
  readonly backupDir: string;
  readonly gibBytes: number;
  readonly imageBytes: number;
  readonly guestEveryMs: number;
  readonly guestsHeld?: boolean;
  /** Others write the files of volumes too: `<dir>/data/disks/volume-<id>.raw`. */
  readonly sharedDisks?: boolean;
  readonly delayMs?: number;
  readonly floatingPrefix?: string;
  /** `rbd` by default: clones hold their image. */
  readonly glanceStore?: 'rbd' | 'file';
  /** What it offers besides the core services. */
  readonly furtherServices?: readonly FurtherService[];
}

const PASSWORD = 'lifeboat';

/** One simulated cloud as a process of its own, which can be lost like a real one. */
export class SimulatedCloud {
  private watcher: Server | undefined;
  /** Connections that reached for the cloud after it was lost. */
  callsAfterLoss = 0;

  private constructor(
    readonly options: SimulatedCloudOptions,
    private readonly child: ChildProcess,
    readonly port: number,
  ) {}

  static async start(options: SimulatedCloudOptions): Promise<SimulatedCloud> {
    const port = await freePort();
    mkdirSync(options.dir, { recursive: true });
    const child = spawn(join(PROJECT_ROOT, 'node_modules/.bin/node'), ['dist/programs/cloud-simulator.js'], {
      cwd: PROJECT_ROOT,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        PATH: process.env['PATH'],
        LIFEBOAT_SIM_NAME: options.name,
        LIFEBOAT_SIM_REGION: `Region-${options.name}`,
        LIFEBOAT_SIM_PORT: String(port),
        LIFEBOAT_SIM_PASSWORD: PASSWORD,
        LIFEBOAT_SIM_DATA_DIR: join(options.dir, 'data'),
        LIFEBOAT_SIM_BACKUP_DIR: options.backupDir,
        LIFEBOAT_SIM_EVIDENCE_DIR: join(options.dir, 'evidence'),
        LIFEBOAT_SIM_GIB_BYTES: String(options.gibBytes),
        LIFEBOAT_SIM_IMAGE_BYTES: String(options.imageBytes),
        LIFEBOAT_SIM_GUEST_EVERY_MS: String(options.guestEveryMs),
        LIFEBOAT_SIM_GUESTS_HELD: String(options.guestsHeld ?? false),
        LIFEBOAT_SIM_SHARED_DISKS: String(options.sharedDisks ?? false),
        LIFEBOAT_SIM_DELAY_MS: String(options.delayMs ?? 50),
        LIFEBOAT_SIM_FLOATING_PREFIX: options.floatingPrefix ?? '172.24.4',
        LIFEBOAT_SIM_GLANCE_STORE: options.glanceStore ?? 'rbd',
        LIFEBOAT_SIM_FURTHER_SERVICES: options.furtherServices?.join(','),
      },
    });
    await new Promise<void>((resolve, reject) => {
      child.once('exit', (code) =>
        reject(
          unavailable('simulator-died', `The simulated cloud ${options.name} ended with ${code} before it was ready.`),
        ),
      );
      createInterface({ input: child.stdout }).once('line', () => resolve());
    });
    return new SimulatedCloud(options, child, port);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** The cloud's own admin. */
  get admin(): CloudConfig {
    return {
      name: this.options.name,
      authUrl: `${this.url}/identity`,
      region: `Region-${this.options.name}`,
      interface: 'public',
      caFile: undefined,
      verify: true,
      auth: {
        type: 'password',
        username: 'admin',
        password: PASSWORD,
        userDomain: 'Default',
        project: { name: 'admin', domain: 'Default' },
      },
    };
  }

  async control<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await fetch(`${this.url}/simulator${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await answer.text();
    if (!answer.ok)
      throw unavailable(
        'simulator-refused',
        `The simulator ${this.options.name} answered ${answer.status} to ${method} ${path}: ${text.slice(0, 200)}`,
      );
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  /** kill -9, no farewell. From then on its port only counts who still calls: nobody must. */
  async lose(): Promise<void> {
    const gone = new Promise<void>((resolve) => this.child.once('exit', () => resolve()));
    this.child.kill('SIGKILL');
    await gone;
    this.watcher = createServer((socket) => {
      this.callsAfterLoss++;
      socket.destroy();
    });
    await new Promise<void>((resolve, reject) =>
      this.watcher?.once('error', reject).listen(this.port, '127.0.0.1', resolve),
    );
  }

  /**
   * Files of what a disk held in that time, one for each snapshot of it that was begun then, the newest first: two where the answer to the first request was lost.
   * They survive the loss of the cloud.
   */
  evidenceOf(kind: 'volume' | 'server-root', id: string, from: Date, to: Date): readonly string[] {
    const dir = join(this.options.dir, 'evidence');
    const prefix = `${kind}-${id}-`;
    const stamps = readdirSync(dir)
      .filter((name) => name.startsWith(prefix))
      .map((name) => Number(name.slice(prefix.length, -'.raw'.length)));
    return stamps
      .filter((at) => at >= from.getTime() - SLACK_MS && at <= to.getTime() + SLACK_MS)
      .sort((a, b) => b - a)
      .map((at) => join(dir, `${prefix}${at}.raw`));
  }

  /** The bytes of a disk as they are now. */
  async *bytesOf(kind: 'volume' | 'image', id: string): AsyncGenerator<Buffer> {
    const answer = await fetch(`${this.url}/simulator/${kind}s/${id}/bytes`);
    if (!answer.ok || !answer.body)
      throw unavailable(
        'simulator-refused',
        `The simulator ${this.options.name} has no bytes of ${kind} ${id} (${answer.status}).`,
      );
    for await (const chunk of answer.body) yield Buffer.from(chunk);
  }

  async stop(): Promise<void> {
    this.watcher?.close();
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => this.child.once('exit', () => resolve()));
    this.child.kill('SIGTERM');
    await gone;
  }
}

const SLACK_MS = 50;

export const fileBytes = (path: string): AsyncIterable<Buffer> => createReadStream(path) as AsyncIterable<Buffer>;
export const fileSize = (path: string): number => statSync(path).size;
