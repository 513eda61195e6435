import { inverseOf } from './inverse-of.ts';

describe('the inverse of mappings', () => {
  it('leads every name back to where it came from', () => {
    expect(inverseOf({ network: { a: 'b', c: 'd' }, flavor: { small: 'tiny' } })).toEqual({
      mappings: { network: { b: 'a', d: 'c' }, flavor: { tiny: 'small' } },
      findings: [],
    });
    const both = inverseOf(inverseOf({ network: { a: 'b', b: 'a' } }).mappings).mappings;
    expect(both).toEqual({ network: { a: 'b', b: 'a' } });
  });

  it('says of two names that are mapped to one that there is no way back, and keeps the others', () => {
    const { mappings, findings } = inverseOf({ flavor: { small: 'one', large: 'one', huge: 'two' } });
    expect(mappings).toEqual({ flavor: { two: 'huge' } });
    expect(findings).toEqual([
      expect.objectContaining({
        code: 'mapping-not-invertible',
        where: 'flavor "one"',
        message: expect.stringContaining('"small" and "large"') as string,
      }),
    ]);
  });
});
