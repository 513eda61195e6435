import { Mappings } from '@lifeboat/contracts';
import { invalidInput } from '@lifeboat/kernel';
import { readFileSync } from 'node:fs';

/** Mappings as JSON: `{ "flavor": { "name there": "name here" } }`. Throws `invalid-input` `mappings-malformed` saying what of it is none. */
export function readMappings(file: string): Mappings {
  const parsed = Mappings.strict().safeParse(jsonOf(file));
  if (parsed.success) return parsed.data;
  throw malformed(file, parsed.error.issues.map((i) => `${i.path.join('.') || '(all)'}: ${i.message}`).join('; '));
}

function jsonOf(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (thrown) {
    throw malformed(file, thrown instanceof Error ? thrown.message : String(thrown));
  }
}

const malformed = (file: string, why: string) =>
  invalidInput('mappings-malformed', `${file} holds no mappings: ${why}`, {
    mend: 'Write JSON such as {"flavor": {"NAME THERE": "NAME HERE"}}.',
  });
