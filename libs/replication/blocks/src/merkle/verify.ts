import { join } from 'node:path';
import type { BlockDevice, Extent } from '../device.ts';
import { LEAF, LEAVES_IN_GROUP, LEAVES_IN_PIECE, PIECE, groupsIn, leavesIn } from '../geometry.ts';
import { HASH_BYTES, KeyedHash } from '../hash/keyed-hash.ts';
import { hashOfLeaf } from '../hash/leaf-hash.ts';
import { LeafStore, nodeOf, rootOf } from './leaf-store.ts';

export interface ToVerify {
  readonly device: BlockDevice;
  readonly key: Buffer;
  /** Hexadecimal. */
  readonly root: string;
  /** Where a tree of the same point may be kept: it tells where a volume differs. */
  readonly kept?: { readonly folder: string; readonly name: string };
  read(bytes: number): Promise<void>;
  readonly signal: AbortSignal;
}

export interface Verdict {
  readonly equal: boolean;
  readonly root: string;
  /** That were read. */
  readonly bytes: number;
  /** The first few places that differ, where a tree of the point is kept here. */
  readonly differs?: readonly Extent[];
}

const FEW = 64;

/** Reads all of a device and makes its root. Changes nothing, neither on it nor in what is remembered. */
export async function verifyDevice({ device, key, root, kept, read, signal }: ToVerify): Promise<Verdict> {
  const hash = new KeyedHash(key);
  const { size } = device;
  const store = kept && (await keptOf(kept, root, hash, size));
  try {
    const nodes = Buffer.alloc(groupsIn(size) * HASH_BYTES);
    const differs: Extent[] = [];
    for (let group = 0; group < groupsIn(size); group++) {
      const leaves = Buffer.alloc(LEAVES_IN_GROUP * HASH_BYTES);
      for await (const { leaf, found } of leavesOf(device, group, hash)) {
        signal.throwIfAborted();
        found.copy(leaves, (leaf % LEAVES_IN_GROUP) * HASH_BYTES);
        const expected = await store?.get(leaf);
        if (expected && !expected.equals(found)) note(differs, leaf, size);
      }
      await read(Math.min(LEAVES_IN_GROUP * LEAF, size - group * LEAVES_IN_GROUP * LEAF));
      nodeOf(hash, leaves).copy(nodes, group * HASH_BYTES);
    }
    const own = rootOf(hash, size, nodes).toString('hex');
    return { equal: own === root, root: own, bytes: size, ...(store && { differs }) };
  } finally {
    await store?.close();
  }
}

async function* leavesOf(
  device: BlockDevice,
  group: number,
  hash: KeyedHash,
): AsyncGenerator<{ readonly leaf: number; readonly found: Buffer }> {
  const end = Math.min((group + 1) * LEAVES_IN_GROUP, leavesIn(device.size));
  const bytes = Buffer.allocUnsafe(PIECE);
  for (let first = group * LEAVES_IN_GROUP; first < end; first += LEAVES_IN_PIECE) {
    const part = bytes.subarray(0, Math.min(PIECE, device.size - first * LEAF));
    await device.read(first * LEAF, part);
    for (let n = 0; n * LEAF < part.length; n++)
      yield { leaf: first + n, found: hashOfLeaf(hash, part.subarray(n * LEAF, (n + 1) * LEAF)) };
  }
}

async function keptOf(
  { folder, name }: NonNullable<ToVerify['kept']>,
  root: string,
  hash: KeyedHash,
  size: number,
): Promise<LeafStore | undefined> {
  const store = await LeafStore.openKept(join(folder, `${name}.leaves`), hash, size);
  if (store && (await store.root()).toString('hex') === root) return store;
  await store?.close();
  return undefined;
}

function note(differs: Extent[], leaf: number, size: number): void {
  const offset = leaf * LEAF;
  const length = Math.min(LEAF, size - offset);
  const last = differs.at(-1);
  if (last && last.offset + last.length === offset) differs.splice(-1, 1, { ...last, length: last.length + length });
  else if (differs.length < FEW) differs.push({ offset, length });
}
