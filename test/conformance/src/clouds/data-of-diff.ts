import { createHash } from 'node:crypto';

/** Digests are of blocks of this size, so that it does not matter in which pieces Ceph tells of the data. */
const BLOCK = 4096;
const HEADER = 'rbd diff v1\n';

/**
 * Digest of the data in a stream of `rbd export-diff`: of every block that is not zero, with its place, and of the size. Equal for images with equal bytes; a GiB that is mostly
 * empty is not read for it.
 */
export async function digestOfDiff(stream: AsyncIterable<Buffer>): Promise<string> {
  const read = reader(stream);
  if ((await read(HEADER.length)).toString('latin1') !== HEADER) throw new Error('this is no rbd diff');
  const blocks = new Map<number, Buffer>();
  let size = 0;
  for (;;) {
    const tag = (await read(1)).toString('latin1');
    if (tag === 'e') return digest(size, blocks);
    if (tag === 'f' || tag === 't') await read((await read(4)).readUInt32LE());
    else if (tag === 's') size = Number((await read(8)).readBigUInt64LE());
    else if (tag === 'z') await read(16);
    else if (tag === 'w') await note(blocks, Number((await read(8)).readBigUInt64LE()), read);
    else throw new Error(`an rbd diff has no record "${tag}"`);
  }
}

type Read = (length: number) => Promise<Buffer>;

async function note(blocks: Map<number, Buffer>, offset: number, read: Read): Promise<void> {
  const data = await read(Number((await read(8)).readBigUInt64LE()));
  for (let done = 0; done < data.length;) {
    const at = offset + done;
    const number = Math.floor(at / BLOCK);
    const block = blocks.get(number) ?? Buffer.alloc(BLOCK);
    done += data.copy(block, at % BLOCK, done, Math.min(data.length, done + BLOCK - (at % BLOCK)));
    blocks.set(number, block);
  }
}

/** The same of blocks that are known, by their numbers. */
export function digest(size: number, blocks: ReadonlyMap<number, Buffer>): string {
  const zero = Buffer.alloc(BLOCK);
  const hash = createHash('sha256').update(`${size} bytes`);
  for (const number of [...blocks.keys()].toSorted((a, b) => a - b)) {
    const block = blocks.get(number) ?? zero;
    if (!block.equals(zero)) hash.update(`${number}:`).update(block);
  }
  return hash.digest('hex');
}

function reader(stream: AsyncIterable<Buffer>): Read {
  const chunks = stream[Symbol.asyncIterator]();
  let held: Buffer = Buffer.alloc(0);
  return async (length) => {
    const parts: Buffer[] = [held];
    let size = held.length;
    while (size < length) {
      const { value, done } = await chunks.next();
      if (done) throw new Error('an rbd diff ended too early');
      parts.push(value);
      size += value.length;
    }
    const all = parts.length === 1 ? held : Buffer.concat(parts);
    held = all.subarray(length);
    return all.subarray(0, length);
  };
}
