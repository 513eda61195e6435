import type { BlockDevice } from '../device.ts';
import { BLOCK, BLOCKS_IN_LEAF, LEAF, LEAVES_IN_PIECE, PIECE, bitsOf, lengthOfLeaf, runsOf } from '../geometry.ts';
import { HOLE, SHORT_BYTES } from '../hash/keyed-hash.ts';
import type { KeyedHash } from '../hash/keyed-hash.ts';
import { hashOfLeaf, hashesOfBlocks, short } from '../hash/leaf-hash.ts';
import type { KeptTree } from '../merkle/kept-tree.ts';
import type { LeafSet } from '../merkle/leaf-set.ts';
import { givePiece, takePiece } from '../spare-pieces.ts';
import type { Channel } from '../wire/channel.ts';
import { encodePut } from '../wire/put.ts';
import type { LeafPut } from '../wire/put.ts';
import { Asking } from './asking.ts';
import type { Conversation } from './conversation.ts';
import { Duplicates } from './duplicates.ts';
import { Packing } from './packing.ts';
import type { Packed } from './packing.ts';
import { copyOfLeaf, dataOfPut, putOfLeaf } from './put-of-leaf.ts';
import type { Known, NewLeaf } from './put-of-leaf.ts';

export interface PieceSending {
  readonly device: BlockDevice;
  readonly talk: Conversation;
  readonly channel: Channel;
  readonly tree: KeptTree;
  readonly hash: KeyedHash;
  /** Leaves of which the target does not know what it holds. */
  readonly unknown: LeafSet;
  /** The target is to read, whatever it remembers. */
  readonly read: boolean;
  pace(bytes: number): Promise<void>;
  moved(bytes: number): void;
}

/** A leaf of the new point, its hash, and what is known of the target's. */
interface Looked extends NewLeaf {
  readonly hash: Buffer;
  readonly known: 'same' | 'hole' | 'differs' | 'unknown';
}

const QUEUED = 256 * 1024;
const PACE_WAITED_MS = 5;

/** Brings one piece of 1 MiB after the other to the target; several at once. */
export class PieceSender {
  private readonly leaves = new Asking();
  private readonly blocks = new Asking();
  private readonly packing = new Packing();
  private readonly duplicates = new Duplicates();
  private trusting: boolean;
  private read: boolean;
  private slowed = false;

  constructor(private readonly of: PieceSending) {
    this.trusting = of.tree.trusted && !of.tree.sealed;
    this.read = of.read;
  }

  /** From now on only what the target reads counts. */
  distrust(): void {
    this.trusting = false;
    this.read = true;
    this.duplicates.forget();
  }

  async send(piece: number, mask: number): Promise<void> {
    const bytes = takePiece();
    await this.sendOut(piece, await this.look(piece, mask, bytes));
    givePiece(bytes);
  }

  private async sendOut(piece: number, looked: readonly Looked[]): Promise<void> {
    const asked = looked.filter(({ known }) => known === 'unknown');
    const answered = asked.length > 0 && (this.read || this.leaves.pays()) ? await this.askLeaves(piece, asked) : [];
    const now = looked.map((leaf) => answered.find((one) => one.leaf === leaf.leaf) ?? leaf);
    const sending = now.filter(({ known }) => known !== 'same');
    if (sending.length > 0) await this.put(piece, await this.decide(piece, sending));
  }

  private async look(piece: number, mask: number, bytes: Buffer): Promise<readonly Looked[]> {
    const { device, tree, hash, unknown } = this.of;
    await readLeaves(device, piece, mask, bytes);
    const looked: Looked[] = [];
    for (const leaf of bitsOf(mask)) {
      const number = piece * LEAVES_IN_PIECE + leaf;
      const own = bytes.subarray(leaf * LEAF, leaf * LEAF + lengthOfLeaf(number, device.size));
      const found = hashOfLeaf(hash, own);
      const before = this.trusting ? await tree.get(number) : undefined;
      if (!before?.equals(found)) await tree.set(number, found);
      const held = unknown.has(number) ? undefined : before;
      const known = !held ? 'unknown' : held.equals(found) ? 'same' : held.equals(HOLE) ? 'hole' : 'differs';
      looked.push({ leaf, offset: number * LEAF, bytes: own, hash: found, known });
    }
    return looked;
  }

  private async askLeaves(piece: number, asked: readonly Looked[]): Promise<readonly Looked[]> {
    const mask = asked.reduce((sum, { leaf }) => sum | (1 << leaf), 0);
    const hashes = await this.of.talk.ask({ level: 'leaves', piece, mask, read: this.read });
    const answered = asked.map((leaf, n): Looked => {
      const held = hashes.subarray(n * SHORT_BYTES, (n + 1) * SHORT_BYTES);
      const same = held.equals(short(leaf.hash));
      return { ...leaf, known: same ? 'same' : held.equals(short(HOLE)) ? 'hole' : 'differs' };
    });
    this.leaves.heard(answered.filter(({ known }) => known !== 'same').length, asked.length);
    return answered;
  }

  /** Asks for the blocks of leaves that differ, where that pays, and says what is to be sent. */
  private async decide(piece: number, leaves: readonly Looked[]): Promise<readonly Decided[]> {
    const worth = leaves.filter(
      ({ known, hash, bytes }) => known === 'differs' && hash !== HOLE && bytes.length === LEAF && !this.twin(hash),
    );
    const asked = worth.length > 0 && this.blocks.pays() ? worth : [];
    const mask = asked.reduce((sum, { leaf }) => sum | (1 << leaf), 0);
    const answer = asked.length > 0 ? await this.of.talk.ask({ level: 'blocks', piece, mask, read: true }) : undefined;
    return leaves.map((leaf) => this.decideLeaf(leaf, answer, asked.indexOf(leaf)));
  }

  private decideLeaf(leaf: Looked, answer: Buffer | undefined, n: number): Decided {
    const twin = leaf.hash.equals(HOLE) ? undefined : this.twin(leaf.hash);
    if (twin !== undefined && leaf.bytes.length === LEAF) return { new: leaf, put: copyOfLeaf(leaf, twin) };
    const width = BLOCKS_IN_LEAF * SHORT_BYTES;
    const known: Known =
      answer && n >= 0
        ? { is: 'blocks', hashes: answer.subarray(n * width, (n + 1) * width) }
        : { is: leaf.known === 'hole' ? 'hole' : 'anything' };
    const hashes = known.is === 'blocks' ? hashesOfBlocks(this.of.hash, leaf.bytes) : undefined;
    const put = putOfLeaf(leaf, known, hashes, this.duplicates);
    if (known.is === 'blocks') this.blocks.heard(count(put.data | put.zero | put.copy), BLOCKS_IN_LEAF);
    return { new: leaf, put, ...(hashes && { hashes }) };
  }

  /** Where this leaf stands already. */
  private twin(hash: Buffer): number | undefined {
    return this.duplicates.placeOf(hash);
  }

  private async put(piece: number, leaves: readonly Decided[]): Promise<void> {
    const { codec, body, length } = await this.pack(leaves);
    const payload = encodePut({ piece, leaves: leaves.map(({ put }) => put), codec, length, body });
    const bytes = payload.reduce((sum, part) => sum + part.length, 0);
    const asked = performance.now();
    await this.of.channel.busy(this.of.pace(bytes));
    this.slowed = performance.now() - asked > PACE_WAITED_MS;
    await this.of.talk.put(payload, length);
    for (const leaf of leaves) this.remember(leaf);
    this.of.moved(bytes);
  }

  private async pack(leaves: readonly Decided[]): Promise<Packed & { readonly length: number }> {
    const data = takePiece();
    let length = 0;
    for (const part of dataOfPut(leaves)) length += part.copy(data, length);
    const packed = await this.packing.pack(data.subarray(0, length), this.slowed || this.of.channel.waiting > QUEUED);
    // What is on its way must not change.
    const body = packed.codec === 'raw' ? Buffer.from(packed.body) : packed.body;
    givePiece(data);
    return { codec: packed.codec, body, length };
  }

  /** Only what has left may be named by what leaves after it. */
  private remember({ new: { hash, offset, bytes }, put, hashes }: Decided): void {
    if (bytes.length === LEAF && !hash.equals(HOLE)) this.duplicates.sent(hash, offset);
    for (const block of hashes ? bitsOf(put.data) : []) {
      const own = hashes?.[block];
      if (own) this.duplicates.sent(own, offset + block * BLOCK);
    }
  }
}

interface Decided {
  readonly new: Looked;
  readonly put: LeafPut;
  /** Of its blocks. */
  readonly hashes?: readonly Buffer[];
}

function count(mask: number): number {
  let bits = 0;
  for (let left = mask; left !== 0; left &= left - 1) bits++;
  return bits;
}

/** As few reads as there are stretches, each at its place in the piece. */
async function readLeaves(device: BlockDevice, piece: number, mask: number, bytes: Buffer): Promise<void> {
  await Promise.all(
    [...runsOf(mask)].map(async ({ first, count: leaves }) => {
      const last = piece * LEAVES_IN_PIECE + first + leaves - 1;
      const length = (leaves - 1) * LEAF + lengthOfLeaf(last, device.size);
      await device.read(piece * PIECE + first * LEAF, bytes.subarray(first * LEAF, first * LEAF + length));
    }),
  );
}
