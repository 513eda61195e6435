import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { KeyedHash } from '../hash/keyed-hash.ts';
import { LeafLog } from './leaf-log.ts';
import { LeafStore } from './leaf-store.ts';

export interface TreeOf {
  readonly folder: string;
  /** Of the files: what the tree is of. */
  readonly name: string;
  readonly hash: KeyedHash;
  readonly size: number;
  /** What is going on; a tree that another left half done is not believed. */
  readonly transfer: string;
  /** Root of what the volume held when the transfer began; none for one that was all zero. */
  readonly base: string | undefined;
}

interface State {
  /** Of a transfer that was sealed; none while it is being sealed. */
  readonly root?: string;
  readonly transfer: string;
  readonly disturbed: boolean;
  readonly based: boolean;
}

/**
 * The tree of a volume as it was at the base, and beside it what a transfer found since. Both become the tree of the new point by `seal`; until then
 * the base's stands, and whatever is killed on the way is known by its files.
 */
export class KeptTree {
  private constructor(
    private readonly of: TreeOf,
    private readonly store: LeafStore,
    private readonly log: LeafLog,
    /** It is that of the base (or, sealed, of the new point); else it is empty and all has to be looked at. */
    readonly trusted: boolean,
    /** The transfer had come to its end before. */
    readonly sealed: boolean,
    /** Another transfer was cut off: what it wrote may stand where the tree says what stood before. */
    readonly disturbed: boolean,
  ) {}

  static async open(of: TreeOf): Promise<KeptTree> {
    await mkdir(of.folder, { recursive: true });
    const files = filesOf(of);
    const state = await readState(files.state);
    const store = await LeafStore.open(files.store, of.hash, of.size);
    const mine = state?.transfer === of.transfer;
    if (state && state.root === undefined && mine) {
      const cut = new KeptTree(of, store, await LeafLog.open(files.log), true, false, false);
      await cut.seal();
      return new KeptTree(of, store, cut.log, true, true, false);
    }
    const root = state?.root === undefined ? undefined : (await store.root()).toString('hex');
    const whole = root !== undefined && root === state?.root;
    if (whole && mine) return new KeptTree(of, store, await LeafLog.open(files.log), true, true, false);
    const begun = await readState(files.begun);
    const again = begun?.transfer === of.transfer;
    const based = again ? begun.based : of.base === undefined ? state === undefined : whole && root === of.base;
    const disturbed = again ? begun.disturbed : begun !== undefined;
    if (!again) await rm(files.log, { force: true });
    if (!again && !based) {
      await rm(files.state, { force: true });
      await store.clear();
    }
    await writeState(files.begun, { transfer: of.transfer, disturbed, based });
    return new KeptTree(of, store, await LeafLog.open(files.log), based, false, disturbed);
  }

  /** Bytes of the volume up to which a transfer that was cut off need not look again. */
  get position(): number {
    return this.sealed ? this.of.size : this.log.position;
  }

  /** As it was at the base; `undefined` when nobody knows. */
  get(leaf: number): Promise<Buffer | undefined> {
    return this.store.get(leaf);
  }

  set(leaf: number, hash: Buffer): Promise<void> {
    return this.log.add(leaf, hash);
  }

  flushed(position: number): Promise<void> {
    return this.log.flushed(position);
  }

  /** Makes what was found the tree; answers its root. May be called again, with more found. */
  async seal(): Promise<Buffer> {
    const { state, begun } = filesOf(this.of);
    await this.log.flushed(this.log.position);
    await writeState(state, { transfer: this.of.transfer });
    for await (const { leaf, hash } of this.log.leaves()) await this.store.set(leaf, hash);
    await this.store.settle();
    const root = await this.store.root();
    await writeState(state, { root: root.toString('hex'), transfer: this.of.transfer });
    await rm(begun, { force: true });
    return root;
  }

  nodes(): Promise<Buffer> {
    return this.store.nodes();
  }

  async close(): Promise<void> {
    await this.store.close();
    await this.log.close();
  }
}

const filesOf = ({ folder, name }: TreeOf) => ({
  store: join(folder, `${name}.leaves`),
  log: join(folder, `${name}.found`),
  begun: join(folder, `${name}.begun`),
  state: join(folder, `${name}.state`),
});

/** Forgets a tree. Quiet when there is none. */
export async function forgetTree(folder: string, name: string): Promise<void> {
  for (const end of ['leaves', 'found', 'begun', 'state']) await rm(join(folder, `${name}.${end}`), { force: true });
}

async function readState(file: string): Promise<State | undefined> {
  try {
    const { root, transfer, disturbed, based } = JSON.parse(await readFile(file, 'utf8')) as Partial<State>;
    if (typeof transfer !== 'string') return undefined;
    return {
      transfer,
      disturbed: disturbed === true,
      based: based === true,
      ...(typeof root === 'string' && { root }),
    };
  } catch {
    // None, or cut off while it was written: nobody knows.
    return undefined;
  }
}

async function writeState(file: string, state: Partial<State>): Promise<void> {
  const handle = await open(`${file}.new`, 'w', 0o600);
  await handle.writeFile(JSON.stringify(state));
  await handle.datasync();
  await handle.close();
  await rename(`${file}.new`, file);
}
