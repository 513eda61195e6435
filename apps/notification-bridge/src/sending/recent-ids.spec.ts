import fc from 'fast-check';
import { RecentIds } from './recent-ids.ts';

describe('recent ids', () => {
  it('are exactly the last so many that were new, whatever comes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.array(fc.nat(9)), (capacity, added) => {
        const recent = new RecentIds(capacity);
        let model: number[] = [];
        for (const id of added) {
          recent.add(String(id));
          if (!model.includes(id)) model = [...model, id].slice(-capacity);
          for (let one = 0; one < 10; one++) expect(recent.has(String(one))).toBe(model.includes(one));
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
