import fc from 'fast-check';
import type { EntityType } from './entity.ts';
import { board, model, rack } from './fixtures/small-types.ts';
import { refsIn } from './notified.ts';
import { registry } from './registry.ts';

const racks: EntityType = {
  ...rack,
  notified: {
    'rack.': ['rack/id', 'racks/*/id', 'rack_id'],
    'room.': ['object.data/racks/*/uuid'],
    'tag.': ['of=racks/of_id'],
  },
};
const boards: EntityType = { ...board, notified: { 'rack.': ['rack/boards/*/id'], 'rack.slot.': ['slot/board_id'] } };
const types = registry([racks, model, boards]);

describe('the entities a notification tells of', () => {
  it.each<readonly [string, string, unknown, readonly string[]]>([
    ['one at its path', 'rack.create.end', { rack: { id: 'r1' } }, ['rack r1']],
    ['each of a list', 'rack.create.end', { racks: [{ id: 'r1' }, {}, { id: 'r2' }] }, ['rack r1', 'rack r2']],
    ['one, found at two paths, once', 'rack.delete.end', { rack: { id: 'r1' }, rack_id: 'r1' }, ['rack r1']],
    ['one under a key with a dot', 'room.update', { 'object.data': { racks: [{ uuid: 'r1' }] } }, ['rack r1']],
    ['of several kinds', 'rack.update', { rack: { id: 'r1', boards: [{ id: 'b1' }] } }, ['rack r1', 'board b1']],
    [
      'by each table whose start fits',
      'rack.slot.take',
      { rack_id: 'r1', slot: { board_id: 'b1' } },
      ['rack r1', 'board b1'],
    ],
    ['where a condition holds', 'tag.update', { of: 'racks', of_id: 'r1' }, ['rack r1']],
    ['none where it does not', 'tag.update', { of: 'boards', of_id: 'b1' }, []],
    ['none for an event of no type', 'chair.create', { rack: { id: 'r1' } }, []],
    ['none for the start of another word', 'racking.create', { rack: { id: 'r1' } }, []],
    ['none for ids that are no text', 'rack.create', { rack: { id: 7 }, racks: [{ id: null }], rack_id: '' }, []],
    ['none for an inherited key', 'rack.create', { rack: Object.create({ id: 'r1' }) as unknown }, []],
  ])('finds %s', (_what, eventType, payload, refs) => {
    expect(refsIn(types)(eventType, payload).map(({ kind, id }) => `${kind} ${id}`)).toEqual(refs);
  });

  it('never throws, and answers nothing but ids that are in the payload', () => {
    const event = fc.oneof(fc.constantFrom('rack.create.end', 'rack.slot.take', 'room.x', 'tag.y'), fc.string());
    const key = fc.oneof(
      fc.constantFrom(
        'rack',
        'racks',
        'id',
        'rack_id',
        'object.data',
        'uuid',
        'of',
        'of_id',
        'slot',
        'boards',
        '__proto__',
      ),
      fc.string(),
    );
    const { payload } = fc.letrec((tie) => ({
      payload: fc.oneof(
        { depthSize: 'medium', withCrossShrink: true },
        fc.constantFrom<unknown>('r1', 'racks', '', 7, null, undefined, true),
        fc.anything(),
        fc.array(tie('payload'), { maxLength: 3 }),
        fc.dictionary(key, tie('payload'), { maxKeys: 5 }),
      ),
    }));
    fc.assert(
      fc.property(event, payload, (eventType, odd) => {
        const texts = new Set<unknown>();
        const seen = (value: unknown): void => {
          texts.add(value);
          if (typeof value === 'object' && value !== null) Object.values(value).forEach(seen);
        };
        seen(odd);
        for (const { id } of refsIn(types)(eventType, odd)) expect(texts.has(id)).toBe(true);
      }),
    );
  });
});
