import fc from 'fast-check';
import { closure } from './closure.ts';
import type { Entity, Refs } from './entity.ts';
import { board, rack, smallTypes } from './fixtures/small-types.ts';
import { registry } from './registry.ts';
import { refKey, refsOf, topology } from './topology.ts';

const types = registry(smallTypes);
const node = (kind: string, id: string, refs: Refs = {}): Entity => ({
  kind,
  id,
  name: id,
  spec: {},
  refs,
  observed: {},
});
const idsOf = (found: ReturnType<typeof closure>): readonly string[] =>
  found.topology.entities.map((one) => one.id).sort();

describe('the closure of a group', () => {
  it('follows references and pulls in what belongs to a member', () => {
    const all = topology([
      node('rack', 'r'),
      node('model', 'm'),
      node('board', 'b', { rack: { kind: 'rack', id: 'r' }, model: { kind: 'model', id: 'm' } }),
      node('rack', 'elsewhere'),
    ]);
    expect(idsOf(closure(all, types, [{ kind: 'rack', id: 'r' }]))).toEqual(['b', 'm', 'r']);
  });

  it('does not drag in a neighbour that only uses the same things', () => {
    const shared = { model: { kind: 'model', id: 'm' } };
    const all = topology([node('model', 'm'), node('board', 'mine', shared), node('board', 'neighbour', shared)]);
    expect(idsOf(closure(all, types, [{ kind: 'board', id: 'mine' }]))).toEqual(['m', 'mine']);
  });

  it('pulls in what a type asks for by a rule of its own', () => {
    const pulling = registry([
      ...smallTypes.filter((type) => type !== board),
      { ...board, pulls: (self, all) => all.of('rack').filter((one) => one.name === self.name) },
    ]);
    const all = topology([node('rack', 'same'), node('rack', 'not'), node('board', 'same')]);
    expect(
      closure(all, pulling, [{ kind: 'board', id: 'same' }])
        .topology.of('rack')
        .map((one) => one.id),
    ).toEqual(['same']);
  });

  it('reports a dangling reference with who holds it and under what name', () => {
    const all = topology([node('board', 'b', { rack: { kind: 'rack', id: 'gone' } })]);
    expect(
      closure(all, types, [{ kind: 'board', id: 'b' }]).missing.map(({ from, as, ref }) => [from?.id, as, ref.id]),
    ).toEqual([['b', 'rack', 'gone']]);
  });

  it('leaves no reference of a member unaccounted for, contains its roots, and is its own closure', () => {
    fc.assert(
      fc.property(worlds, ({ all, roots }) => {
        const found = closure(all, types, roots);
        const held = new Set(found.topology.entities.map(refKey));
        const missing = new Set(found.missing.map(({ ref }) => refKey(ref)));
        for (const root of roots.filter((one) => all.get(one))) expect(held).toContain(refKey(root));
        for (const member of found.topology.entities)
          for (const [, ref] of refsOf(member)) expect(held.has(refKey(ref)) || missing.has(refKey(ref))).toBe(true);
        expect(idsOf(closure(found.topology, types, found.topology.entities))).toEqual(idsOf(found));
      }),
    );
  });
});

const worlds = fc
  .record({
    racks: fc.integer({ min: 0, max: 6 }),
    boards: fc.array(fc.nat(8), { maxLength: 10 }),
    roots: fc.array(fc.nat(9), { maxLength: 3 }),
  })
  .map(({ racks, boards, roots }) => {
    const all = topology([
      ...Array.from({ length: racks }, (_, n) => node(rack.kind, `r${n}`)),
      // Racks up to r8 are referred to, but not all of them are there.
      ...boards.map((to, n) => node(board.kind, `b${n}`, { rack: { kind: 'rack', id: `r${to}` } })),
    ]);
    return { all, roots: roots.map((n) => ({ kind: 'board', id: `b${n}` })) };
  });
