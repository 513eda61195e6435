import { saga, to } from './definition.ts';
import type { SagaBuilder } from './definition.ts';
import { diagramOf, outlineOf } from './outline.ts';
import { HandOverKeys, Inspect, Move, move, PackBooks, RentVan, ReturnVan, SayGoodbye } from './simulated/specimen.ts';

const begun = () =>
  saga('move', 1, Move).step('rent van', { send: (s) => to(RentVan, s), keep: ({ van }) => ({ van }) });

/** Rows for any saga that knows its van. */
const packing = <S extends { readonly van: string }>(rows: SagaBuilder<S>) =>
  rows.step('pack books', { send: (s) => to(PackBooks, { van: s.van }), keep: ({ boxes }) => ({ boxes }) });

/** The compiler is the test: each of these lines fails to build when the mistake after its comment is let through. */
describe('a definition that would not work does not compile:', () => {
  it('a step cannot read what is only known after it', () => {
    // @ts-expect-error -- `van` is kept by no step before
    saga('move', 1, Move).step('pack books', { send: (s) => to(PackBooks, { van: s.van }) });
    expect(
      begun()
        .step('pack books', { send: (s) => to(PackBooks, { van: s.van }) })
        .end().stages,
    ).toHaveLength(2);
  });

  it('an undo cannot read what its own step brings', () => {
    saga('move', 1, Move).step('rent van', {
      send: (s) => to(RentVan, s),
      keep: ({ van }) => ({ van }),
      // @ts-expect-error -- the step may not have happened: its van is not known
      undo: (s) => to(PackBooks, { van: s.van }),
    });
  });

  it('a step cannot keep what its answer does not say', () => {
    // @ts-expect-error -- the answer of rent-van has a van and no boxes
    saga('move', 1, Move).step('rent van', { send: (s) => to(RentVan, s), keep: ({ boxes }) => ({ boxes }) });
  });

  it('a command cannot be sent with data that are not its own', () => {
    // @ts-expect-error -- rent-van wants a house
    saga('move', 1, Move).step('rent van', { send: () => to(RentVan, { van: 'v-1' }) });
  });

  it('a pivot cannot be undone', () => {
    // @ts-expect-error -- from a pivot on there is only forward
    begun().pivot('hand over keys', { send: (s) => to(HandOverKeys, s), undo: (s) => to(ReturnVan, s) });
  });

  it('nothing after the pivot can be undone', () => {
    const after = begun().pivot('hand over keys', { send: (s) => to(HandOverKeys, s) });
    // @ts-expect-error -- from a pivot on there is only forward
    after.step('say goodbye', { send: (s) => to(SayGoodbye, s), undo: (s) => to(ReturnVan, s) });
  });

  it('nothing is held after the pivot, where nothing can be undone', () => {
    const after = begun().pivot('hand over keys', { send: (s) => to(HandOverKeys, s) });
    // @ts-expect-error -- from a pivot on there is only forward
    after.hold('viewing', { word: 'commit', forMs: () => 1, whenOver: () => 'undo' });
  });

  it('no rows stand for items after the pivot', () => {
    const after = begun().pivot('hand over keys', { send: (s) => to(HandOverKeys, s) });
    // @ts-expect-error -- from a pivot on there is only forward
    after.forEach(
      'room',
      () => [{ name: 'hall' }],
      (each) => each,
    );
  });

  it('a row for an item cannot read what another one brings: it may be the first', () => {
    begun().forEach(
      'room',
      () => [{ name: 'hall' }],
      (each) =>
        each
          .step('pack books', { send: (s) => to(PackBooks, { van: s.van }), keep: ({ boxes }) => ({ boxes }) })
          // @ts-expect-error -- it is kept under the full name of its row
          .step('inspect', { send: (s) => to(Inspect, { boxes: s.boxes }) }),
    );
  });

  it('there is but one pivot', () => {
    const after = begun().pivot('hand over keys', { send: (s) => to(HandOverKeys, s) });
    // @ts-expect-error -- a second point of no return means that the first was none
    after.pivot('say goodbye', { send: (s) => to(SayGoodbye, s) });
  });

  it('a fragment cannot be used before its needs are met', () => {
    // @ts-expect-error -- `packing` needs a van
    saga('move', 1, Move).use(packing);
    expect(
      begun()
        .use(packing)
        .step('inspect', { send: (s) => to(Inspect, { boxes: s.boxes }) })
        .end().stages,
    ).toHaveLength(3);
  });
});

describe('a definition', () => {
  it('names each step once, since histories know them by name', () => {
    expect(() =>
      begun()
        .step('rent van', { send: (s) => to(RentVan, { house: s.house }) })
        .end(),
    ).toThrow('names a step twice');
  });

  it('can be walked without being run', () => {
    const rows = outlineOf(move).map((s) => [s.stage, s.name, s.send?.command.name ?? s.word, s.undo?.command.name]);
    expect(rows).toEqual([
      [0, 'rent van', 'rent-van', 'return-van'],
      [1, 'pack books', 'pack-books', 'unpack-books'],
      [1, 'pack tools', 'pack-tools', 'unpack-tools'],
      [2, 'inspect', 'inspect', undefined],
      [3, 'viewing', 'commit', undefined],
      [4, 'hand over keys', 'hand-over-keys', undefined],
      [5, 'say goodbye', 'say-goodbye', undefined],
    ]);
  });

  it('can be drawn', () => {
    const drawn = diagramOf(move);
    expect(drawn).toContain('s0 --> s1 & s2');
    expect(drawn).toContain('s1 & s2 --> s3');
    expect(drawn).toContain('s6 --> completed');
    expect(drawn).toContain('s4(["viewing<br/><small>held, until &quot;commit&quot;</small>"])');
    expect(drawn).toMatch(/s5\{\{"hand over keys.*only forward/);
    expect(drawn).toContain('s1 -. undo .-> us1("data.unpack-books")');
  });
});
