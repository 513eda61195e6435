import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { LEAVES_IN_GROUP, groupsIn } from '../geometry.ts';
import { HASH_BYTES, HOLE } from '../hash/keyed-hash.ts';
import type { KeyedHash } from '../hash/keyed-hash.ts';
import { isZero } from '../hash/zero.ts';

/** Named beside a root, so that one made in another way is never compared with it. */
export const ALGORITHM = 'blake3-keyed-64k-1';

const GROUP_BYTES = LEAVES_IN_GROUP * HASH_BYTES;
const KEPT_GROUPS = 16;

/**
 * Hashes of all leaves of a volume, and of each group of 1024 of them, in a file of 1/2048 of its size. Only a cache: a group whose leaves do not make its
 * node, or nodes that do not make the root that is known, are not believed. The nodes stand first, so that a root is made without the leaves.
 */
export class LeafStore {
  private readonly groups = new Map<number, Buffer>();
  private readonly changed = new Set<number>();

  private constructor(
    private readonly handle: FileHandle,
    private readonly hash: KeyedHash,
    readonly size: number,
  ) {}

  static async open(file: string, hash: KeyedHash, size: number): Promise<LeafStore> {
    const handle = await open(file, 'r+', 0o600).catch(() => open(file, 'w+', 0o600));
    return new LeafStore(handle, hash, size);
  }

  /** Only to look; `undefined` when there is none. */
  static async openKept(file: string, hash: KeyedHash, size: number): Promise<LeafStore | undefined> {
    const handle = await open(file, 'r').catch(() => undefined);
    return handle && new LeafStore(handle, hash, size);
  }

  /** Of a volume that is all zero. */
  async clear(): Promise<void> {
    this.groups.clear();
    this.changed.clear();
    await this.handle.truncate(0);
  }

  /** The hash of a leaf, `HOLE` when it is all zero; `undefined` when what is kept cannot be believed. */
  async get(leaf: number): Promise<Buffer | undefined> {
    const group = await this.group(Math.floor(leaf / LEAVES_IN_GROUP));
    const at = (leaf % LEAVES_IN_GROUP) * HASH_BYTES;
    return group?.subarray(at, at + HASH_BYTES);
  }

  /** Not in the file before `settle`, or before it is one group of many. */
  async set(leaf: number, value: Buffer): Promise<void> {
    const number = Math.floor(leaf / LEAVES_IN_GROUP);
    const group = (await this.group(number)) ?? this.keep(number, Buffer.alloc(GROUP_BYTES));
    value.copy(group, (leaf % LEAVES_IN_GROUP) * HASH_BYTES);
    this.changed.add(number);
  }

  /** Writes what was set; durable when it resolves. */
  async settle(): Promise<void> {
    for (const number of this.changed) await this.save(number);
    await this.handle.datasync();
  }

  async root(): Promise<Buffer> {
    return rootOf(this.hash, this.size, await this.nodes());
  }

  /** 32 bytes for each 64 MiB: half a MiB for each TiB. */
  async nodes(): Promise<Buffer> {
    for (const number of this.changed) await this.save(number);
    const nodes = Buffer.alloc(groupsIn(this.size) * HASH_BYTES);
    await this.handle.read(nodes, 0, nodes.length, 0);
    return nodes;
  }

  close(): Promise<void> {
    return this.handle.close();
  }

  private async group(number: number): Promise<Buffer | undefined> {
    const kept = this.groups.get(number);
    if (kept) return kept;
    const leaves = Buffer.alloc(GROUP_BYTES);
    await this.handle.read(leaves, 0, GROUP_BYTES, this.placeOf(number));
    const node = Buffer.alloc(HASH_BYTES);
    await this.handle.read(node, 0, HASH_BYTES, number * HASH_BYTES);
    // Another caller may have read it meanwhile, and set in it.
    const meanwhile = this.groups.get(number);
    if (meanwhile) return meanwhile;
    if (!nodeOf(this.hash, leaves).equals(node)) return undefined;
    const held = this.keep(number, leaves);
    await this.makeRoom();
    return held;
  }

  private keep(number: number, leaves: Buffer): Buffer {
    this.groups.set(number, leaves);
    return leaves;
  }

  private async makeRoom(): Promise<void> {
    for (const number of this.groups.keys()) {
      if (this.groups.size <= KEPT_GROUPS) return;
      if (this.changed.has(number)) await this.save(number);
      if (!this.changed.has(number)) this.groups.delete(number);
    }
  }

  private async save(number: number): Promise<void> {
    const leaves = this.groups.get(number);
    this.changed.delete(number);
    if (!leaves) return;
    const node = nodeOf(this.hash, leaves);
    await this.handle.write(leaves, 0, GROUP_BYTES, this.placeOf(number));
    await this.handle.write(node, 0, HASH_BYTES, number * HASH_BYTES);
  }

  private placeOf(number: number): number {
    return groupsIn(this.size) * HASH_BYTES + number * GROUP_BYTES;
  }
}

/** Of the hashes of a group of leaves. */
export const nodeOf = (hash: KeyedHash, leaves: Buffer): Buffer => (isZero(leaves) ? HOLE : hash.of(leaves));

/** Hash of the size and of all nodes; of the volume's bytes, therefore. */
export function rootOf(hash: KeyedHash, size: number, nodes: Buffer): Buffer {
  const head = Buffer.alloc(16);
  head.write('lbtree1');
  head.writeBigUInt64BE(BigInt(size), 8);
  return hash.of(head, nodes);
}
