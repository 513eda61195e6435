import fc from 'fast-check';
import { PROPERTIES } from './properties.ts';

export interface Fuzzed {
  readonly inputs: number;
  /** What did not hold, and for which input. */
  readonly failures: readonly string[];
}

/** So many inputs in all, spread over everything that reads what comes from outside. The same seed makes the same inputs. */
export async function fuzz(of: { count: number; seed: number; say(what: string): void }): Promise<Fuzzed> {
  const each = Math.ceil(of.count / Object.keys(PROPERTIES).length);
  const failures: string[] = [];
  let inputs = 0;
  for (const [name, property] of Object.entries(PROPERTIES)) {
    const began = Date.now();
    const details = await fc.check(property, { numRuns: each, seed: of.seed });
    inputs += details.numRuns;
    of.say(
      `${details.failed ? 'FAILS' : 'holds'} for ${details.numRuns} inputs in ${((Date.now() - began) / 1_000).toFixed(1)} s: ${name}`,
    );
    if (details.failed)
      failures.push(
        `${name}: ${fc.stringify(details.counterexample)} (seed ${of.seed}, path ${details.counterexamplePath})`,
      );
  }
  return { inputs, failures };
}
