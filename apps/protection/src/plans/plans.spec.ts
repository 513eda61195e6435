import { mergedMappings } from './plans.ts';

it("uses a plan's mappings in place of the group's, name by name", () => {
  const own = { network: { a: 'b', c: 'd' }, flavor: { small: 'tiny' } };
  expect(mergedMappings(own, { network: { a: 'x' }, volumeType: { fast: 'slow' } })).toEqual({
    network: { a: 'x', c: 'd' },
    flavor: { small: 'tiny' },
    volumeType: { fast: 'slow' },
  });
  expect(mergedMappings(own, undefined)).toEqual(own);
});
