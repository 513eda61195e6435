import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Duplex } from 'node:stream';
import type { Changes } from '../device.ts';
import { newHashKey } from '../hash/keyed-hash.ts';
import { serveSession } from '../receive/serve-session.ts';
import { send } from '../send/send.ts';
import type { Sending, Sent } from '../send/send.ts';
import { streamPair } from '../wire/pair.ts';
import { MemoryDevice } from './memory-device.ts';

export interface Try {
  readonly transfer: string;
  readonly source: Buffer;
  readonly base?: string | undefined;
  readonly changes?: Changes;
  readonly dirty?: Changes;
  readonly thorough?: boolean;
  readonly sliceMs?: number;
  /** What lies between the two ends: their streams, else joined. */
  readonly between?: () => { readonly sender: Duplex; readonly receiver: Duplex };
  readonly moved?: () => void;
  /** Held back so long before each piece leaves, and before the replica is granted. */
  readonly slowMs?: number;
  readonly silenceMs?: number;
}

/** A replica and its two ends in this process, to send to again and again. For tests. */
export class Rig implements AsyncDisposable {
  readonly replica: MemoryDevice;
  readonly key = newHashKey();
  /** What the last session at the receiving end failed with. */
  problem: unknown;

  private constructor(
    readonly folder: string,
    size: number,
  ) {
    this.replica = new MemoryDevice(Buffer.alloc(size));
  }

  static async of(size: number): Promise<Rig> {
    return new Rig(await mkdtemp(join(tmpdir(), 'lifeboat-blocks-')), size);
  }

  get senders(): string {
    return join(this.folder, 'source');
  }

  get receivers(): string {
    return join(this.folder, 'target');
  }

  async send(how: Try): Promise<Sent> {
    const { sender, receiver } = how.between?.() ?? joined();
    const stop = new AbortController();
    const serving = serveSession(receiver, {
      folder: this.receivers,
      grant: async () => {
        await pause(how.slowMs);
        return { device: this.replica, ...(how.dirty && { dirty: how.dirty }) };
      },
      signal: stop.signal,
      ...silent(how),
    }).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    try {
      return await send(this.sending(how, sender));
    } finally {
      setTimeout(() => stop.abort(), 50).unref();
      this.problem = await serving;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  private sending(how: Try, stream: Duplex): Sending {
    const { transfer, base, thorough = false } = how;
    return {
      device: new MemoryDevice(how.source),
      stream,
      opening: { volume: 'replica', transfer, key: this.key, thorough, ...(base !== undefined && { base }) },
      folder: this.senders,
      name: 'disk',
      pace: () => pause(how.slowMs),
      moved: how.moved ?? (() => undefined),
      signal: new AbortController().signal,
      sliceMs: how.sliceMs ?? 60_000,
      ...silent(how),
      ...(how.changes && { changes: how.changes }),
    };
  }
}

const silent = ({ silenceMs }: Try) => (silenceMs === undefined ? {} : { silenceMs });

function joined(): { sender: Duplex; receiver: Duplex } {
  const [sender, receiver] = streamPair();
  return { sender, receiver };
}
