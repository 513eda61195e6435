import { newHashKey, openRbd, rbdChanges, send, serveSession, streamPair } from '@lifeboat/replication-blocks';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Image } from './images.ts';

const run = promisify(execFile);

/** Brings an image of the other cluster from one snapshot to the next, and takes the same snapshot of it. */
export interface Carrier {
  readonly target: Image;
  carry(source: Image, since: string | undefined, point: string): Promise<void>;
  /** Bytes that travelled for that; measured apart where it would cost time. */
  bytes(source: Image, since: string | undefined, point: string): Promise<number>;
}

/** `rbd export-diff | rbd import-diff`. */
export class ExportDiff implements Carrier {
  constructor(readonly target: Image) {}

  async carry(source: Image, since: string | undefined, point: string): Promise<void> {
    const importing = this.target.command('import-diff', '-', this.target.spec());
    await shell(`${this.exporting(source, since, point)} | ${importing}`);
  }

  async bytes(source: Image, since: string | undefined, point: string): Promise<number> {
    return Number(await shell(`${this.exporting(source, since, point)} | wc -c`));
  }

  private exporting(source: Image, since: string | undefined, point: string): string {
    const from = since === undefined ? [] : ['--from-snap', since];
    return source.command('export-diff', ...from, source.spec(point), '-');
  }
}

const shell = async (script: string): Promise<string> =>
  (await run('bash', ['-c', `set -o pipefail; ${script}`])).stdout;

/** What the block-stream driver does between two clusters that one worker reaches, in this process: nothing is kept open from one point to the next. */
export class Ours implements Carrier {
  private readonly key = newHashKey();
  private base: string | undefined;
  private travelled = 0;

  constructor(
    readonly target: Image,
    private readonly folder: string,
  ) {}

  async carry(source: Image, since: string | undefined, point: string): Promise<void> {
    const [sender, receiver] = streamPair();
    const { signal } = new AbortController();
    const serving = serveSession(receiver, {
      folder: join(this.folder, 'target'),
      grant: async () => {
        const device = this.target.open();
        const dirty = await rbdChanges(this.target.at(), { device, signal, ...from(since) });
        return { device: await device, ...(dirty && { dirty }) };
      },
      signal,
    });
    const opening = openRbd(source.at(point));
    const changes = rbdChanges(source.at(point), { device: opening, signal, ...from(since) });
    await using device = await opening;
    const { base, key } = this;
    const { root, bytes, received } = await send({
      device,
      changes,
      stream: sender,
      opening: { volume: 'replica', transfer: point, key, thorough: false, ...(base !== undefined && { base }) },
      folder: join(this.folder, 'source'),
      name: 'disk',
      pace: async () => undefined,
      moved: () => undefined,
      signal,
      sliceMs: Infinity,
    });
    await serving;
    this.base = root;
    this.travelled = bytes + received;
    await this.target.snapshot(point);
  }

  async bytes(): Promise<number> {
    return this.travelled;
  }
}

const from = (since: string | undefined) => (since === undefined ? {} : { since });
