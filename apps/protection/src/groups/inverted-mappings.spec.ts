import { invertedMappings } from './inverted-mappings.ts';

describe('mappings for the way back', () => {
  it('are the former ones, the other way round', () => {
    expect(invertedMappings({ flavor: { small: 'tiny', large: 'big' }, network: { public: 'ext' } })).toEqual({
      flavor: { tiny: 'small', big: 'large' },
      network: { ext: 'public' },
    });
    expect(invertedMappings({})).toEqual({});
  });

  it('are the first ones again after two turns', () => {
    const first = { volumeType: { gold: 'ssd' }, availabilityZone: { az1: 'nova' } };
    expect(invertedMappings(invertedMappings(first))).toEqual(first);
  });

  it('are refused where two names became one, and all such are named', () => {
    expect(() =>
      invertedMappings({
        availabilityZone: { az1: 'nova', az2: 'nova' },
        flavor: { a: 'x', b: 'x', c: 'y' },
      }),
    ).toThrow(
      expect.objectContaining({
        code: 'mapping-not-invertible',
        message:
          'The mappings cannot be inverted: availabilityZone "nova" stands for "az1" and "az2": the way back cannot tell which. ' +
          'flavor "x" stands for "a" and "b": the way back cannot tell which.',
        mend: expect.stringContaining('--mappings'),
      }),
    );
  });
});
