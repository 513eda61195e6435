import type { BlockDevice } from '../device.ts';
import { LEAF, LEAVES_IN_PIECE, bitsOf, lengthOfLeaf } from '../geometry.ts';
import type { KeyedHash } from '../hash/keyed-hash.ts';
import { HASH_BYTES } from '../hash/keyed-hash.ts';
import { hashOfLeaf, hashesOfBlocks, short } from '../hash/leaf-hash.ts';
import type { KeptTree } from '../merkle/kept-tree.ts';
import type { LeafSet } from '../merkle/leaf-set.ts';
import { givePiece, takePiece } from '../spare-pieces.ts';
import type { Channel } from '../wire/channel.ts';
import { broken } from '../wire/frame.ts';
import type { Frame } from '../wire/frame.ts';
import { TYPE, decodeAsk, decodeNumber, encodeHeld, encodeJson, encodeNumber } from '../wire/messages.ts';
import type { Ask } from '../wire/messages.ts';
import { decodePut } from '../wire/put.ts';
import type { Put } from '../wire/put.ts';
import { InFlight } from './in-flight.ts';
import { assemble, unpack, writePlaced } from './place-put.ts';
import type { Held } from './place-put.ts';

const AT_ONCE = 8;
/** Pieces of which leaves were read to be asked about, and wait to be patched. */
const KEPT_PIECES = 16;

export interface Receiving {
  readonly channel: Channel;
  readonly device: BlockDevice;
  readonly tree: KeptTree;
  /** Leaves of which the tree may be wrong. */
  readonly unknown: LeafSet;
  readonly hash: KeyedHash;
}

/** The end that holds the replica: answers what it holds, places what comes, and says what is durable. Never writes but what a sound put names. */
export class Receiver {
  private readonly kept = new Map<number, Held>();
  private readonly work: InFlight;

  constructor(private readonly of: Receiving) {
    this.work = new InFlight(AT_ONCE, () => of.channel.close());
  }

  async take({ type, payload }: Frame): Promise<void> {
    const { size } = this.of.device;
    if (type === TYPE.ask) {
      const ask = decodeAsk(payload, size);
      return this.work.start(() => this.answer(ask));
    }
    if (type === TYPE.put) return this.takePut(decodePut(payload, size));
    if (type === TYPE.flush) return this.flush(decodeNumber(payload));
    if (type === TYPE.finish) return this.finish();
    if (type === TYPE.nodes) return this.compareNodes(payload);
    throw broken(`a frame of type ${type} in the wrong place`);
  }

  /** Rejects with what went wrong beside the stream. */
  idle(): Promise<void> {
    return this.work.idle();
  }

  settle(): Promise<void> {
    return this.work.settle();
  }

  private async answer(ask: Ask): Promise<void> {
    const { piece, mask } = ask;
    const bytes = takePiece();
    const hashes = ask.level === 'leaves' ? await this.leaves(ask, bytes) : await this.blocks(ask, bytes);
    if (ask.level === 'blocks' && this.kept.size < KEPT_PIECES && !this.kept.has(piece))
      this.kept.set(piece, { bytes, mask });
    else givePiece(bytes);
    await this.of.channel.send(TYPE.held, encodeHeld({ ...ask, hashes: Buffer.concat(hashes) }));
  }

  private leaves({ piece, mask, read }: Ask, into: Buffer): Promise<readonly Buffer[]> {
    return Promise.all([...bitsOf(mask)].map(async (bit) => short(await this.hashOf(piece, bit, read, into))));
  }

  private blocks({ piece, mask }: Ask, into: Buffer): Promise<readonly Buffer[]> {
    return Promise.all(
      [...bitsOf(mask)].map(async (bit) => {
        const bytes = await this.read(piece, bit, into);
        return Buffer.concat(hashesOfBlocks(this.of.hash, bytes).map(short));
      }),
    );
  }

  private async hashOf(piece: number, bit: number, read: boolean, into: Buffer): Promise<Buffer> {
    const { tree, unknown, hash } = this.of;
    const leaf = piece * LEAVES_IN_PIECE + bit;
    const remembered = read || unknown.has(leaf) ? undefined : await tree.get(leaf);
    if (remembered) return remembered;
    const found = hashOfLeaf(hash, await this.read(piece, bit, into));
    await tree.set(leaf, found);
    return found;
  }

  /** To its place in the piece. */
  private async read(piece: number, bit: number, into: Buffer): Promise<Buffer> {
    const leaf = piece * LEAVES_IN_PIECE + bit;
    const bytes = into.subarray(bit * LEAF, bit * LEAF + lengthOfLeaf(leaf, this.of.device.size));
    await this.of.device.read(leaf * LEAF, bytes);
    return bytes;
  }

  private async takePut(put: Put): Promise<void> {
    // A block to copy may still be on its way to its place.
    if (put.leaves.some(({ copy }) => copy !== 0)) await this.work.idle();
    await this.work.start(() => this.place(put));
  }

  private async place(put: Put): Promise<void> {
    const { device, tree, hash, channel } = this.of;
    const held = this.kept.get(put.piece) ?? { bytes: takePiece(), mask: 0 };
    this.kept.delete(put.piece);
    const placed = await assemble(put, await unpack(put), device, held);
    for (const { leaf } of put.leaves) {
      const number = put.piece * LEAVES_IN_PIECE + leaf;
      const bytes = placed.bytes.subarray(leaf * LEAF, leaf * LEAF + lengthOfLeaf(number, device.size));
      await tree.set(number, hashOfLeaf(hash, bytes));
    }
    await writePlaced(device, put.piece, placed);
    givePiece(held.bytes);
    await channel.send(TYPE.placed, encodeNumber(put.length));
  }

  private async flush(position: number): Promise<void> {
    await this.work.idle();
    for (const { bytes } of this.kept.values()) givePiece(bytes);
    this.kept.clear();
    await this.of.device.flush();
    await this.of.tree.flushed(position);
    await this.of.channel.send(TYPE.flushed, encodeNumber(position));
  }

  private async finish(): Promise<void> {
    await this.work.idle();
    await this.of.device.flush();
    const root = await this.of.tree.seal();
    await this.of.channel.send(TYPE.finished, encodeJson({ root: root.toString('hex') }));
  }

  /** Where the trees part: the groups whose nodes are not the same. */
  private async compareNodes(payload: Buffer): Promise<void> {
    if (payload.length < 4 || (payload.length - 4) % HASH_BYTES !== 0) throw broken('a list of nodes is cut off');
    const first = payload.readUInt32BE(0);
    const own = await this.of.tree.nodes();
    const differ: number[] = [];
    for (let n = 0; 4 + n * HASH_BYTES < payload.length; n++) {
      const mine = own.subarray((first + n) * HASH_BYTES, (first + n + 1) * HASH_BYTES);
      if (!mine.equals(payload.subarray(4 + n * HASH_BYTES, 4 + (n + 1) * HASH_BYTES))) differ.push(first + n);
    }
    const answer = Buffer.allocUnsafe(4 * differ.length);
    for (const [n, group] of differ.entries()) answer.writeUInt32BE(group, 4 * n);
    await this.of.channel.send(TYPE.differ, answer);
  }
}
