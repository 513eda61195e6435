import type { EntityType } from '../entity.ts';
import { board, cable, model, rack, smallTypes } from '../fixtures/small-types.ts';
import { registry } from '../registry.ts';
import { typeConformance } from './type-conformance.ts';

const fails = (type: EntityType): readonly string[] =>
  typeConformance(type, registry([...smallTypes.filter((one) => one.kind !== type.kind), type])).flatMap(
    ({ name, run }) => {
      try {
        run();
        return [];
      } catch (thrown) {
        return [`${name}: ${thrown instanceof Error ? thrown.message : String(thrown)}`];
      }
    },
  );

describe('the suite for one type', () => {
  it.each([rack, board, model, cable])('finds nothing wrong with $kind', (type) => {
    expect(fails(type)).toEqual([]);
  });

  it.each<readonly [string, EntityType, RegExp]>([
    [
      'captures something else than its example says',
      { ...rack, capture: (live) => ({ ...rack.capture(live, scope), name: 'other' }) },
      /captures its example as written/,
    ],
    [
      'changes the answer it captures',
      { ...rack, capture: (live) => (Object.assign(live, { seen: true }), rack.capture(live, scope)) },
      /capture changed what it was given/,
    ],
    [
      'takes our mark for a field of the workload',
      {
        ...rack,
        capture: (live) => ({
          ...rack.capture(live, scope),
          spec: { description: live['description'] as string, tags: live['tags'] as string[] },
        }),
      },
      /captures the same with our mark/,
    ],
    [
      'keeps an id of its cloud',
      withExample(board, (keeps) => ({ ...keeps, spec: { ...keeps.spec, of: 'r-1' } })),
      /spec holds the source's id r-1/,
    ],
    [
      'sends an id of the source',
      { ...board, body: (kept, to) => ({ ...board.body?.(kept, to), rack: 'r-1' }) },
      /body holds the source's id r-1/,
    ],
    ['bears no mark', { ...rack, body: (kept) => ({ name: kept.name }) }, /bears no mark/],
    [
      'makes another body each time',
      { ...rack, body: (kept, to) => ({ ...rack.body?.(kept, to), at: (turn += 1) }) },
      /two bodies/,
    ],
  ])('finds a type that %s', (_what, type, says) => {
    expect(fails(type).join('\n')).toMatch(says);
  });
});

const scope = { projectId: 'p1', isAdmin: true };
let turn = 0;

function withExample(
  type: EntityType,
  change: (keeps: EntityType['examples'][number]['keeps']) => EntityType['examples'][number]['keeps'],
): EntityType {
  return { ...type, examples: type.examples.map(({ live, keeps }) => ({ live, keeps: change(keeps) })) };
}
