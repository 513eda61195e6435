import type { Entity } from '../http/paging.ts';

/** All objects of one kind, in order of creation. */
export class Store<T extends Entity> implements Iterable<T> {
  private readonly items = new Map<string, T>();

  add(item: T): T {
    this.items.set(item.id, item);
    return item;
  }

  get(id: string | null | undefined): T | undefined {
    return id === null || id === undefined ? undefined : this.items.get(id);
  }

  has(id: string): boolean {
    return this.items.has(id);
  }

  delete(id: string): boolean {
    return this.items.delete(id);
  }

  find(wanted: (item: T) => boolean): T | undefined {
    for (const item of this.items.values()) if (wanted(item)) return item;
    return undefined;
  }

  filter(wanted: (item: T) => boolean): T[] {
    return [...this.items.values()].filter(wanted);
  }

  some(wanted: (item: T) => boolean): boolean {
    return this.find(wanted) !== undefined;
  }

  count(wanted: (item: T) => boolean): number {
    let count = 0;
    for (const item of this.items.values()) if (wanted(item)) count += 1;
    return count;
  }

  get size(): number {
    return this.items.size;
  }

  [Symbol.iterator](): Iterator<T> {
    return this.items.values();
  }
}
