import { inverseOf } from '@lifeboat/contracts';
import type { Mappings } from '@lifeboat/contracts';
import { invalidInput } from '@lifeboat/kernel';

/** Pure: for the way back. Throws `invalid-input` `mapping-not-invertible` naming all names that became one: nobody can tell which of them is meant there. */
export function invertedMappings(mappings: Mappings): Mappings {
  const { mappings: inverted, findings } = inverseOf(mappings);
  if (findings.length === 0) return inverted;
  const lost = findings.map(({ where, message }) => `${where} ${message}`);
  throw invalidInput('mapping-not-invertible', `The mappings cannot be inverted: ${lost.join(' ')}`, {
    mend: 'Say those for the way back: --mappings FILE.',
    data: { lost },
  });
}
