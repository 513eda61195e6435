import type { Mappings } from '@lifeboat/contracts';
import { invalidInput } from '@lifeboat/kernel';

/** Pure: for the way back. Throws `invalid-input` `mapping-not-invertible` naming all names that became one: nobody can tell which of them is meant there. */
export function invertedMappings(mappings: Mappings): Mappings {
  const lost: string[] = [];
  const inverted = Object.entries(mappings).map(([rule, names]) => {
    const back = new Map<string, string>();
    for (const [from, to] of Object.entries(names ?? {})) {
      const other = back.get(to);
      if (other !== undefined) lost.push(`${rule} "${other}" and "${from}" are both "${to}"`);
      back.set(to, from);
    }
    return [rule, Object.fromEntries(back)] as const;
  });
  if (lost.length > 0)
    throw invalidInput('mapping-not-invertible', `The mappings cannot be inverted: ${lost.join('; ')}.`, {
      mend: 'Say those for the way back: --mappings FILE.',
      data: { lost },
    });
  return Object.fromEntries(inverted) as Mappings;
}
