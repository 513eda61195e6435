import type { PlanDocument } from '@lifeboat/contracts';
import { mappingsBy, mergedMappings } from './plans.ts';

it("uses a plan's mappings in place of the group's, name by name", () => {
  const own = { network: { a: 'b', c: 'd' }, flavor: { small: 'tiny' } };
  expect(mergedMappings(own, { network: { a: 'x' }, volumeType: { fast: 'slow' } })).toEqual({
    network: { a: 'x', c: 'd' },
    flavor: { small: 'tiny' },
    volumeType: { fast: 'slow' },
  });
  expect(mergedMappings(own, undefined)).toEqual(own);
});

describe('the mappings of a run by a plan', () => {
  const spec = { group: 'shop', mappings: { flavor: { small: 'tiny' }, network: { a: 'x', b: 'x' } } };
  const document: PlanDocument = { apiVersion: 'lifeboat/v1', kind: 'RecoveryPlan', metadata: { name: 'shop' }, spec };
  const version = { primary: 'alpha', document };

  it('are as it says, from the site that was the primary when it was applied', () => {
    expect(mappingsBy(version, { primary: 'alpha', mappings: { flavor: { big: 'huge' } } })).toEqual({
      mappings: { flavor: { big: 'huge', small: 'tiny' }, network: { a: 'x', b: 'x' } },
      findings: [],
    });
  });

  it('are inverted when the group was turned round since; what has no inverse is said, and is the group’s own', () => {
    const { mappings, findings } = mappingsBy(version, { primary: 'beta', mappings: { network: { x: 'a' } } });
    expect(mappings).toEqual({ flavor: { tiny: 'small' }, network: { x: 'a' } });
    expect(findings).toMatchObject([{ code: 'mapping-not-invertible', where: 'network "x"' }]);
  });
});
