import { promisify } from 'node:util';
import { zstdDecompress } from 'node:zlib';
import type { BlockDevice } from '../device.ts';
import { BLOCK, BLOCKS_IN_LEAF, LEAF, LEAVES_IN_PIECE, PIECE, bitsOf, blocksOf, lengthOfLeaf } from '../geometry.ts';
import { isZero } from '../hash/zero.ts';
import { broken } from '../wire/frame.ts';
import type { LeafPut, Put } from '../wire/put.ts';

const unzstd = promisify(zstdDecompress);

export async function unpack({ codec, length, body }: Put): Promise<Buffer> {
  if (codec === 'raw') return body;
  const bytes = await unzstd(body, { maxOutputLength: Math.max(length, 1), chunkSize: Math.max(length, 64) }).catch(
    (thrown: unknown) => {
      throw broken(`packed bytes cannot be unpacked (${(thrown as Error).message})`);
    },
  );
  if (bytes.length !== length) throw broken('packed bytes have another length than was said');
  return bytes;
}

/** A piece of the volume as it will be, as far as a put says, and which of its 256 blocks have to be written or made zero. */
interface Placed {
  readonly bytes: Buffer;
  readonly todo: ('keep' | 'write' | 'zero')[];
}

/** Memory for a piece, and those of its leaves that stand in it as the device holds them. */
export interface Held {
  readonly bytes: Buffer;
  readonly mask: number;
}

/** The bytes of each leaf that a put names, as they will be, in the memory that is given. */
export async function assemble(put: Put, data: Buffer, device: BlockDevice, held: Held): Promise<Placed> {
  const placed: Placed = { bytes: held.bytes, todo: Array<'keep'>(PIECE / BLOCK).fill('keep') };
  let at = 0;
  for (const leaf of put.leaves) {
    const number = put.piece * LEAVES_IN_PIECE + leaf.leaf;
    const into = placed.bytes.subarray(leaf.leaf * LEAF, leaf.leaf * LEAF + lengthOfLeaf(number, device.size));
    if (leaf.how !== 'patch') into.fill(0);
    else if (((held.mask >> leaf.leaf) & 1) === 0) await device.read(number * LEAF, into);
    for (const block of bitsOf(leaf.data)) at += data.copy(blockIn(into, block), 0, at);
    for (const block of bitsOf(leaf.zero)) blockIn(into, block).fill(0);
    for (const { from, to, count } of stretchesOf(leaf))
      await device.read(from, into.subarray(to * BLOCK, Math.min((to + count) * BLOCK, into.length)));
    mark(placed.todo, leaf, into, blocksOf(number, device.size));
  }
  return placed;
}

/** Blocks to copy that lie side by side here and there: one read. */
function stretchesOf({ copy, from }: LeafPut): readonly { from: number; to: number; count: number }[] {
  const found: { from: number; to: number; count: number }[] = [];
  for (const [n, block] of [...bitsOf(copy)].entries()) {
    const place = from[n] ?? 0;
    const last = found.at(-1);
    if (last && last.to + last.count === block && last.from + last.count * BLOCK === place) last.count++;
    else found.push({ from: place, to: block, count: 1 });
  }
  return found;
}

const blockIn = (leaf: Buffer, block: number): Buffer => leaf.subarray(block * BLOCK, (block + 1) * BLOCK);

function mark(todo: Placed['todo'], leaf: LeafPut, bytes: Buffer, blocks: number): void {
  const first = leaf.leaf * BLOCKS_IN_LEAF;
  const cleared = leaf.how === 'whole' && isZero(bytes);
  for (let block = 0; block < blocks; block++) {
    const bit = 1 << block;
    if (((leaf.data | leaf.copy) & bit) !== 0) todo[first + block] = 'write';
    else if ((leaf.zero & bit) !== 0) todo[first + block] = 'zero';
    else if (leaf.how === 'whole') todo[first + block] = cleared ? 'zero' : 'write';
  }
}

/** As few writes as there are stretches. */
export async function writePlaced(device: BlockDevice, piece: number, { bytes, todo }: Placed): Promise<void> {
  const writes: Promise<void>[] = [];
  for (let first = 0; first < todo.length;) {
    const what = todo[first];
    let end = first + 1;
    while (end < todo.length && todo[end] === what) end++;
    const offset = piece * PIECE + first * BLOCK;
    const length = Math.min((end - first) * BLOCK, device.size - offset);
    if (what === 'write') writes.push(device.write(offset, bytes.subarray(first * BLOCK, first * BLOCK + length)));
    if (what === 'zero') writes.push(device.zero(offset, length));
    first = end;
  }
  await Promise.all(writes);
}
