import { external } from '@lifeboat/kernel';
import type { LifeboatError } from '@lifeboat/kernel';
import type { Extent } from '../device.ts';
import { HASH_BYTES } from '../hash/keyed-hash.ts';
import type { Channel } from '../wire/channel.ts';
import { broken } from '../wire/frame.ts';
import type { Frame } from '../wire/frame.ts';
import {
  TYPE,
  decodeExtents,
  decodeHeld,
  decodeNumber,
  encodeAsk,
  encodeJson,
  encodeNumber,
} from '../wire/messages.ts';
import type { Ask } from '../wire/messages.ts';
import { failedIn, finishedIn, openedIn, openingOut } from '../wire/opening.ts';
import type { Opened, Opening } from '../wire/opening.ts';

/** Bytes of puts that may be on their way. */
const WINDOW = 16 * 1024 ** 2;
const NODES_IN_FRAME = 16_384;

interface Waiting {
  resolve(value: Buffer): void;
  reject(thrown: unknown): void;
}

/** Questions to the target and their answers, which come in any order, and the window of what is not in its place yet. */
export class Conversation {
  private readonly waiting = new Map<string, Waiting>();
  private frames: AsyncGenerator<Frame> | undefined;
  private ended: { readonly thrown: unknown } | undefined;
  private onTheWay = 0;
  private wakeUp: () => void = () => undefined;

  constructor(
    private readonly channel: Channel,
    private readonly size: number,
  ) {}

  /** Answers what the target knows, and where it does not. */
  async open(opening: Opening): Promise<{ readonly opened: Opened; readonly unknown: readonly Extent[] }> {
    this.frames = this.channel.frames();
    await this.channel.send(TYPE.open, encodeJson(openingOut(opening)));
    const opened = openedIn(await this.next(TYPE.opened));
    const unknown: Extent[] = [];
    for (;;) {
      const { type, payload } = await this.frame();
      if (type === TYPE.ready) break;
      if (type !== TYPE.unknown) throw broken('an opening is answered in the wrong order');
      unknown.push(...decodeExtents(payload, this.size));
    }
    void this.listen();
    return { opened, unknown };
  }

  /** Short hashes of the leaves or their blocks. */
  async ask(ask: Ask): Promise<Buffer> {
    return this.request(`${ask.level} ${ask.piece}`, TYPE.ask, encodeAsk(ask));
  }

  /** Resolves when it left and there is room for more. */
  async put(payload: readonly Buffer[], length: number): Promise<void> {
    while (this.onTheWay >= WINDOW) {
      this.check();
      await new Promise<void>((resolve) => {
        const before = this.wakeUp;
        this.wakeUp = () => {
          before();
          resolve();
        };
      });
    }
    this.check();
    this.onTheWay += length;
    await this.channel.send(TYPE.put, ...payload);
  }

  /** All that was sent is durable when it resolves. */
  async flush(position: number): Promise<void> {
    await this.request('flushed', TYPE.flush, encodeNumber(position));
  }

  /** The root of what the target holds now. */
  async finish(): Promise<string> {
    return finishedIn(await this.request('finished', TYPE.finish, Buffer.alloc(0))).root;
  }

  /** Groups of leaves in which the target holds something else. */
  async differing(nodes: Buffer): Promise<readonly number[]> {
    const groups: number[] = [];
    for (let first = 0; first * HASH_BYTES < nodes.length; first += NODES_IN_FRAME) {
      const head = Buffer.allocUnsafe(4);
      head.writeUInt32BE(first, 0);
      const part = nodes.subarray(first * HASH_BYTES, (first + NODES_IN_FRAME) * HASH_BYTES);
      const answer = await this.request('differ', TYPE.nodes, Buffer.concat([head, part]));
      for (let at = 0; at + 4 <= answer.length; at += 4) groups.push(answer.readUInt32BE(at));
    }
    return groups;
  }

  private async request(name: string, type: number, payload: Buffer): Promise<Buffer> {
    this.check();
    if (this.waiting.has(name)) throw broken('a question is asked twice');
    const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
    this.waiting.set(name, { resolve, reject });
    // Its failure is told by the answer that does not come.
    await this.channel.send(type, payload).catch(reject);
    return promise;
  }

  private async listen(): Promise<void> {
    try {
      for (;;) this.hear(await this.frame());
    } catch (thrown) {
      this.ended = { thrown };
      for (const { reject } of this.waiting.values()) reject(thrown);
      this.waiting.clear();
      this.wakeUp();
    }
  }

  private hear({ type, payload }: Frame): void {
    if (type === TYPE.placed) {
      this.onTheWay -= decodeNumber(payload);
      const wake = this.wakeUp;
      this.wakeUp = () => undefined;
      wake();
      return;
    }
    if (type === TYPE.held) {
      const { level, piece, hashes } = decodeHeld(payload, this.size);
      return this.answer(`${level} ${piece}`, hashes);
    }
    const named = { [TYPE.flushed]: 'flushed', [TYPE.finished]: 'finished', [TYPE.differ]: 'differ' }[type];
    if (named === undefined) throw broken(`a frame of type ${type} in the wrong place`);
    this.answer(named, payload);
  }

  private answer(name: string, payload: Buffer): void {
    const waiting = this.waiting.get(name);
    if (!waiting) throw broken('an answer to no question');
    this.waiting.delete(name);
    waiting.resolve(payload);
  }

  private async next(wanted: number): Promise<Buffer> {
    const { type, payload } = await this.frame();
    if (type !== wanted) throw broken(`a frame of type ${type} in the wrong place`);
    return payload;
  }

  private async frame(): Promise<Frame> {
    const next = await this.frames?.next();
    if (!next || next.done) throw broken('it was closed');
    if (next.value.type === TYPE.failed) throw refused(next.value.payload);
    return next.value;
  }

  private check(): void {
    if (this.ended) throw this.ended.thrown;
  }
}

/** No later try is answered otherwise until somebody mends it. */
const LASTING = new Set(['replica-not-granted', 'replica-size-differs', 'sender-not-trusted', 'sender-unknown']);

/** What went wrong at the target, as our own failure. */
function refused(payload: Buffer): LifeboatError {
  const { code, message, mend } = failedIn(payload);
  return external(code, `The receiver of blocks gave up: ${message}`, {
    retry: LASTING.has(code) ? 'no' : 'yes',
    ...(mend !== undefined && { mend }),
  });
}
