import fc from 'fast-check';
import { Packer } from './packer.ts';

const limits = fc.record({ count: fc.integer({ min: 1, max: 6 }), bytes: fc.integer({ min: 1, max: 50 }) });

describe('a packer', () => {
  it('gives everything once, in order, in packs within the limits that leave no room for the next item', () => {
    fc.assert(
      fc.property(limits, fc.array(fc.nat(60), { maxLength: 40 }), (limit, sizes) => {
        const packer = new Packer<number>(limit);
        sizes.forEach((bytes, index) => packer.add(index, bytes));
        const packs: (readonly number[])[] = [];
        while (packer.size > 0) packs.push(packer.take());
        expect(packs.flat()).toEqual(sizes.map((_, index) => index));
        const sizeOf = (pack: readonly number[]): number => pack.reduce((sum, index) => sum + (sizes[index] ?? 0), 0);
        packs.forEach((pack, at) => {
          expect(pack.length).toBeGreaterThan(0);
          expect(pack.length).toBeLessThanOrEqual(limit.count);
          if (pack.length > 1) expect(sizeOf(pack)).toBeLessThanOrEqual(limit.bytes);
          const next = packs[at + 1]?.[0];
          const tooMany = pack.length === limit.count;
          if (next !== undefined) expect(tooMany || sizeOf(pack) + (sizes[next] ?? 0) > limit.bytes).toBe(true);
        });
        expect(packer.take()).toEqual([]);
        expect(packer.full).toBe(false);
      }),
      { numRuns: 3_000 },
    );
  });

  it('is full as soon as a pack would be', () => {
    const packer = new Packer<string>({ count: 3, bytes: 10 });
    packer.add('a', 4);
    packer.add('b', 4);
    expect(packer.full).toBe(false);
    packer.add('c', 1);
    expect(packer.full).toBe(true);
    packer.take();
    packer.add('d', 10);
    expect(packer.full).toBe(true);
  });
});
