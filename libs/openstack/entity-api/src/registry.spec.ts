import { board, rack, smallTypes } from './fixtures/small-types.ts';
import { registry } from './registry.ts';

describe('the registry', () => {
  it('answers the type of a kind, and refuses a kind that it does not know by name', () => {
    expect(registry(smallTypes).get('rack')).toBe(rack);
    expect(() => registry(smallTypes).get('rocket')).toThrow(/"rocket"/);
  });

  it.each([
    ['a kind registered twice', [rack, rack], /rack/],
    ['a type without a summary', [{ ...rack, summary: '' }], /rack.*summary/],
    ['a type without an example', [{ ...rack, examples: [] }], /rack.*example/],
    ['an example that refers to an unknown kind', [rack, board], /board.*"model"/],
  ])('refuses %s, naming the type', (_what, types, says) => {
    expect(() => registry(types)).toThrow(says);
  });
});
