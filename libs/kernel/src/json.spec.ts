import fc from 'fast-check';
import { canonicalJson } from './json.ts';

/** The same by the specification: a replacer that sorts. */
const byReplacer = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : inner,
  );

const key = fc.oneof(fc.string({ unit: 'binary' }), fc.nat().map(String));
const anything = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, tie('leaf'), fc.array(tie('value')), fc.dictionary(key, tie('value'))),
  leaf: fc.oneof(fc.string({ unit: 'binary' }), fc.double(), fc.boolean(), fc.constant(null)),
})).value;

describe('canonical JSON', () => {
  it('is, for any value, what sorting every object while it is written gives', () => {
    fc.assert(
      fc.property(anything, (value) => canonicalJson(value) === byReplacer(value)),
      { numRuns: 5_000 },
    );
  });

  it.each([
    [{ 4294967295: 1, 4294967294: 2, 10: 3, 9: 4, '01': 5, '-1': 6, a: 7 }],
    [{ b: 1, a: undefined, 10: 'x', 9: [undefined, { d: new Date(0), c: null }] }],
    [JSON.parse('{"z":1,"__proto__":{"b":2,"a":1}}')],
    [Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`k${(i * 17) % 40}`, i]))],
    [{ é: 1, e: 2, '\ud83d\ude00': 3, '\uffff': 4 }],
  ])('writes %j as ever', (value) => expect(canonicalJson(value)).toBe(byReplacer(value)));

  it('leaves out what does not count, however deep', () =>
    expect(canonicalJson({ a: [{ secret: 1, b: 2 }], secret: 3 }, 'secret')).toBe('{"a":[{"b":2}]}'));
});
