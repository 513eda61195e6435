import { external, unavailable } from '@lifeboat/kernel';
import type { Duplex } from 'node:stream';
import type { BlockDevice, Changes } from '../device.ts';
import { LEAF, LEAVES_IN_GROUP, PIECE } from '../geometry.ts';
import { KeyedHash } from '../hash/keyed-hash.ts';
import { KeptTree } from '../merkle/kept-tree.ts';
import { LeafSet } from '../merkle/leaf-set.ts';
import { Channel } from '../wire/channel.ts';
import type { Opening } from '../wire/opening.ts';
import { Conversation } from './conversation.ts';
import { PieceSender } from './piece-sender.ts';
import { InFlight } from '../receive/in-flight.ts';

export interface Sending {
  /** The new point, which does not change. */
  readonly device: BlockDevice;
  /** What may differ from the base; all of it, where nobody knows. May still be asked for while the target is opened. */
  readonly changes?: Changes | Promise<Changes | undefined>;
  /** To a receiver. Closed at the end. */
  readonly stream: Duplex;
  readonly opening: Omit<Opening, 'version' | 'size'>;
  /** Where trees are kept, and the name of this one. */
  readonly folder: string;
  readonly name: string;
  pace(bytes: number): Promise<void>;
  moved(bytes: number): void;
  readonly signal: AbortSignal;
  /** Returns so many milliseconds after its beginning when it is not done by then, with all that it sent made durable. */
  readonly sliceMs: number;
  /** As long may the receiver say nothing; two minutes where nothing is said. */
  readonly silenceMs?: number;
}

export type Sent = {
  /** Root over the whole volume, when both ends have it. */
  readonly root?: string;
  /** Bytes of the volume before which all is in place. */
  readonly position: number;
  /** That left here, with all that is around them. */
  readonly bytes: number;
  /** That came back: answers to questions. */
  readonly received: number;
};

const PIECES_AT_ONCE = 16;
const FLUSH_EVERY_BYTES = 256 * 1024 ** 2;
const FLUSH_EVERY_MS = 5_000;

/**
 * Brings a replica to what the device holds, or as far as the slice of time allows. Throws `unavailable` `stream-broken` when the stream ended or was
 * not what was sent, and `external` for what went wrong at the other end; the next call goes on from what was flushed.
 */
export async function send(of: Sending): Promise<Sent> {
  const { size } = of.device;
  const channel = new Channel(of.stream, of.silenceMs);
  const stop = (): void => channel.close();
  of.signal.addEventListener('abort', stop, { once: true });
  const hash = new KeyedHash(of.opening.key);
  const { folder, name } = of;
  const { transfer, base } = of.opening;
  const tree = await KeptTree.open({ folder, name, hash, size, transfer, base });
  try {
    if (of.signal.aborted) throw unavailable('stream-broken', 'The work was taken away.');
    const sent = await new Session(of, channel, tree, hash).run();
    channel.end();
    return sent;
  } catch (thrown) {
    channel.close();
    throw thrown;
  } finally {
    of.signal.removeEventListener('abort', stop);
    await tree.close();
  }
}

class Session {
  private readonly talk: Conversation;
  private readonly size: number;

  constructor(
    private readonly of: Sending,
    private readonly channel: Channel,
    private readonly tree: KeptTree,
    private readonly hash: KeyedHash,
  ) {
    this.size = of.device.size;
    this.talk = new Conversation(channel, this.size);
  }

  async run(): Promise<Sent> {
    const { opened, unknown } = await this.talk.open({ ...this.of.opening, version: 1, size: this.size });
    const uncertain = new LeafSet(this.size);
    for (const extent of unknown) uncertain.add(extent);
    if (!opened.trusted) uncertain.addAll();
    const from = Math.min(opened.position, this.tree.position);
    const pieces = new PieceSender({
      ...this.of,
      talk: this.talk,
      channel: this.channel,
      tree: this.tree,
      hash: this.hash,
      unknown: uncertain,
      read: this.of.opening.thorough,
    });
    const position = await this.pass(pieces, await this.toLookAt(uncertain, opened.trusted), from);
    if (position < this.size) return this.report(position);
    return this.report(position, await this.agree(pieces));
  }

  private async toLookAt(uncertain: LeafSet, trusted: boolean): Promise<LeafSet> {
    const { opening } = this.of;
    const changes = await this.channel.busy(Promise.resolve(this.of.changes));
    const all = !changes || !trusted || !this.tree.trusted || opening.thorough;
    const set = all ? new LeafSet(this.size) : await this.channel.busy(LeafSet.of(changes, this.size));
    if (all) set.addAll();
    else set.addSet(uncertain);
    return set;
  }

  /** Answers up to where it came: the size, when it came to the end. */
  private async pass(pieces: PieceSender, set: LeafSet, from: number): Promise<number> {
    const going = new InFlight(PIECES_AT_ONCE);
    const began = Date.now();
    let flushed = { at: began, bytes: this.channel.sent };
    // A slice too short for anything would never come to the end.
    let some = false;
    try {
      for (let piece = Math.floor(from / PIECE); piece < set.pieces; piece++) {
        const mask = set.maskOf(piece);
        if (mask === 0) continue;
        const over = some && Date.now() - began >= this.of.sliceMs;
        const due = this.channel.sent - flushed.bytes >= FLUSH_EVERY_BYTES || Date.now() - flushed.at >= FLUSH_EVERY_MS;
        if (over || due) {
          await this.flush(going, piece * PIECE);
          if (over) return piece * PIECE;
          flushed = { at: Date.now(), bytes: this.channel.sent };
        }
        await going.start(() => pieces.send(piece, mask));
        some = true;
      }
      await this.flush(going, this.size);
      return this.size;
    } finally {
      await going.settle().catch(() => undefined);
    }
  }

  private async flush(going: InFlight, position: number): Promise<void> {
    await going.idle();
    await this.talk.flush(position);
    await this.tree.flushed(position);
  }

  /** Both ends make the root of what they hold. Where the trees part, all is compared and sent again, once. */
  private async agree(pieces: PieceSender): Promise<string> {
    for (const last of [false, true]) {
      const [own, other] = [(await this.tree.seal()).toString('hex'), await this.talk.finish()];
      if (own === other) return own;
      if (last) break;
      const set = new LeafSet(this.size);
      for (const group of await this.talk.differing(await this.tree.nodes()))
        set.add({ offset: group * LEAVES_IN_GROUP * LEAF, length: LEAVES_IN_GROUP * LEAF });
      pieces.distrust();
      const going = new InFlight(PIECES_AT_ONCE);
      for (let piece = 0; piece < set.pieces; piece++) {
        const mask = set.maskOf(piece);
        if (mask !== 0) await going.start(() => pieces.send(piece, mask));
      }
      await this.flush(going, this.size);
    }
    throw external('replica-differs', 'The replica does not hold what was sent to it, also after it was sent again.', {
      retry: 'yes',
      mend: 'Look at the health of the storage at the recovery site; a thorough transfer compares every byte.',
    });
  }

  private report(position: number, root?: string): Sent {
    const { sent: bytes, received } = this.channel;
    return { position, bytes, received, ...(root !== undefined && { root }) };
  }
}
