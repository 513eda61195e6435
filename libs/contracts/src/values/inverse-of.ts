import type { Finding, Mappings } from './common.ts';

export interface Inverse {
  readonly mappings: Mappings;
  /** Of what has no way back. */
  readonly findings: readonly Finding[];
}

/** The way back: what stands there → the name it came from. Of two names that are mapped to one nobody can say which it was: that one is left out and said. Pure. */
export function inverseOf(mappings: Mappings): Inverse {
  const inverse: Record<string, Record<string, string>> = {};
  const findings: Finding[] = [];
  for (const [kind, names] of Object.entries(mappings)) {
    const back = Map.groupBy(Object.entries(names ?? {}), ([, to]) => to);
    for (const [to, from] of back) {
      const names = from.map(([name]) => name);
      const [only] = names;
      if (names.length === 1 && only !== undefined) inverse[kind] = { ...inverse[kind], [to]: only };
      else
        findings.push({
          code: 'mapping-not-invertible',
          where: `${kind} "${to}"`,
          message: `stands for ${names.map((name) => `"${name}"`).join(' and ')}: the way back cannot tell which.`,
          mend: 'Map them to names of their own, or name the way back in the plan of the way back.',
        });
    }
  }
  return { mappings: inverse, findings };
}
