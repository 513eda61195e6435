import { external } from '@lifeboat/kernel';
import type { Extent } from '../device.ts';

const EXTENT = /\{"offset":(\d{1,16}),"length":(\d{1,16}),"exists":"(?:true|false)"\}/y;
/** As long as an extent can be. */
const LONGEST = 80;

/**
 * Reads what `rbd diff --format json` writes as it comes, in memory that does not grow with it: `[{"offset":0,"length":4096,"exists":"true"},…]`, on one
 * line, in order. JSON and not the table, because its end can be told from a loss. Extents whose bytes are gone (`"exists":"false"`) count as changed.
 *
 * What is not exactly that, lies outside `size`, is out of order or overlaps is refused: `external` `rbd-diff-unreadable`.
 */
export class RbdDiffParser {
  private rest = '';
  private state: 'start' | 'first' | 'next' | 'between' | 'end' = 'start';
  /** Not given out yet: the next one may touch it. */
  private open: Extent | undefined;

  constructor(private readonly size: number) {}

  /** Extents that are complete by now. */
  *push(text: string): Generator<Extent> {
    this.rest += text;
    let at = 0;
    for (let taken = this.step(at); taken; taken = this.step(at)) {
      at = taken.at;
      if (!taken.extent) continue;
      const closed = this.merge(taken.extent);
      if (closed) yield closed;
    }
    this.rest = this.rest.slice(at);
    if (this.rest.length > LONGEST) throw unreadable(this.rest);
  }

  /** The last one, once all of the output was there. */
  *end(): Generator<Extent> {
    if (this.state !== 'end' || this.rest !== '') throw unreadable(this.rest, 'it ends too early');
    if (this.open) yield this.open;
    this.open = undefined;
  }

  /** One token further; `undefined` when there is not enough text. */
  private step(at: number): { readonly at: number; readonly extent?: Extent } | undefined {
    const { rest, state } = this;
    const next = rest[at];
    if (next === undefined) return undefined;
    if (state === 'start' && next === '[') return this.to('first', at + 1);
    if (state === 'first' && next === ']') return this.to('end', at + 1);
    if (state === 'between' && next === ',') return this.to('next', at + 1);
    if (state === 'between' && next === ']') return this.to('end', at + 1);
    if (state === 'end' && next === '\n') return this.to('end', at + 1);
    if ((state !== 'first' && state !== 'next') || next !== '{') throw unreadable(rest.slice(at));
    EXTENT.lastIndex = at;
    const found = EXTENT.exec(rest);
    if (found) return { ...this.to('between', EXTENT.lastIndex), extent: this.extent(found[1], found[2]) };
    if (rest.length - at > LONGEST || rest.slice(at, at + LONGEST).includes('}')) throw unreadable(rest.slice(at));
    return undefined;
  }

  private to(state: typeof this.state, at: number): { readonly at: number } {
    this.state = state;
    return { at };
  }

  private extent(from: string | undefined, of: string | undefined): Extent {
    const [offset, length] = [Number(from), Number(of)];
    const last = this.open ? this.open.offset + this.open.length : 0;
    const fits = length > 0 && Number.isSafeInteger(offset) && offset + length <= this.size;
    if (!fits) throw unreadable(`${length} bytes at ${offset}`, `it has ${this.size} bytes`);
    if (offset < last) throw unreadable(`${length} bytes at ${offset}`, `it was at ${last} already`);
    return { offset, length };
  }

  /** What can be given out now. */
  private merge(extent: Extent): Extent | undefined {
    const { open } = this;
    if (open && open.offset + open.length === extent.offset) {
      this.open = { offset: open.offset, length: open.length + extent.length };
      return undefined;
    }
    this.open = extent;
    return open;
  }
}

const unreadable = (text: string, why = 'that is not expected') =>
  external('rbd-diff-unreadable', `rbd diff said ${JSON.stringify(text.slice(0, LONGEST))}: ${why}.`, {
    retry: 'yes',
    mend: 'Compare by hashes instead if it happens again.',
  });
