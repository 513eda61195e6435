import fc from 'fast-check';
import { buildOrder, prerequisites, stepsOf } from './build-order.ts';
import type { Entity, Refs } from './entity.ts';
import { rack, smallTypes } from './fixtures/small-types.ts';
import { registry } from './registry.ts';
import { refKey, topology } from './topology.ts';

const types = registry(smallTypes);
const node = (id: string, refs: Refs = {}): Entity => ({ kind: 'rack', id, name: id, spec: {}, refs, observed: {} });
const to = (id: string) => ({ kind: 'rack', id });

/** Every edge goes from a later node to an earlier one, so there is no cycle, whatever order the nodes are given in. */
const graphs = fc
  .array(fc.array(fc.nat(), { maxLength: 4 }), { minLength: 1, maxLength: 25 })
  .map((edges) =>
    edges.map((targets, n) => node(`n${n}`, n === 0 ? {} : { on: targets.map((target) => to(`n${target % n}`)) })),
  )
  .chain((nodes) => fc.shuffledSubarray(nodes, { minLength: nodes.length }));

describe('the build order', () => {
  it('has every entity once, and all that it needs in levels before it', () => {
    fc.assert(
      fc.property(graphs, (nodes) => {
        const all = topology(nodes);
        const levels = buildOrder(all, types);
        const levelOf = new Map(levels.flatMap((level, index) => level.map((one) => [refKey(one), index] as const)));
        expect(levels.flat()).toHaveLength(nodes.length);
        expect(levelOf.size).toBe(nodes.length);
        for (const one of nodes)
          for (const need of prerequisites(one, all, types))
            expect(levelOf.get(refKey(need))).toBeLessThan(levelOf.get(refKey(one)) ?? -1);
      }),
    );
  });

  it('makes nothing wait longer than it must', () => {
    fc.assert(
      fc.property(graphs, (nodes) => {
        const all = topology(nodes);
        const levels = buildOrder(all, types);
        levels.slice(1).forEach((level, before) => {
          const previous = new Set(levels[before]?.map(refKey));
          for (const one of level)
            expect(prerequisites(one, all, types).some((need) => previous.has(refKey(need)))).toBe(true);
        });
      }),
    );
  });

  it('makes later what a type says comes after it, though nothing refers to it', () => {
    const firstFirst = registry([
      ...smallTypes.filter((type) => type !== rack),
      { ...rack, before: (self) => (self.id === 'b' ? [to('a'), to('none')] : []) },
    ]);
    expect(buildOrder(topology([node('a'), node('b')]), firstFirst).map((level) => level.map((one) => one.id))).toEqual(
      [['b'], ['a']],
    );
  });

  it('orders by what a type says beyond its references', () => {
    const lastFirst = registry([
      ...smallTypes.filter((type) => type !== rack),
      { ...rack, after: (self) => (self.id === 'a' ? [to('b')] : []) },
    ]);
    expect(buildOrder(topology([node('a'), node('b')]), lastFirst).map((level) => level.map((one) => one.id))).toEqual([
      ['b'],
      ['a'],
    ]);
  });

  it('lets a weak reference close a circle', () => {
    const weak = registry([...smallTypes.filter((type) => type !== rack), { ...rack, weakRefs: ['peer'] }]);
    expect(buildOrder(topology([node('a', { peer: to('b') }), node('b', { peer: to('a') })]), weak)).toHaveLength(1);
  });

  it('refuses a cycle naming those in it, and nobody who only waits for them', () => {
    const all = topology([node('a', { on: to('b') }), node('b', { on: to('a') }), node('bystander', { on: to('a') })]);
    expect(() => buildOrder(all, types)).toThrow(
      expect.objectContaining({
        code: 'dependency-cycle',
        message: expect.stringMatching(/rack a.*rack b|rack b.*rack a/),
      }),
    );
    expect(() => buildOrder(all, types)).not.toThrow(/bystander/);
  });

  it('gives last touches when all stands that refers to it, or at once where nobody else sees them', () => {
    const all = topology([node('a'), node('b', { on: to('a') })]);
    const last = (of: typeof types) => stepsOf(all, of).find(({ key }) => key === 'rack/a finished')?.after;
    expect(last(types)).toEqual(['rack/a', 'rack/b']);
    const alone = registry([...smallTypes.filter((type) => type !== rack), { ...rack, finishesAlone: true }]);
    expect(last(alone)).toEqual(['rack/a']);
  });

  it('leaves the last touches of what something held refers to for later', () => {
    const all = topology([node('a'), node('b', { on: to('a') })]);
    expect(stepsOf(all, types, new Set(['rack/b'])).map(({ key }) => key)).toEqual(['rack/a']);
  });
});
