import { invalidInput } from '@lifeboat/kernel';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

/** A name that is one token of a NATS subject. */
const RemoteName = z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'lower-case letters, digits and dashes');

const DriversFile = z.strictObject({
  /** By the driver's name: what it is to know of the sites. May hold secrets: the file is for the service's user alone. */
  drivers: z.record(z.string(), z.unknown()).default({}),
  /** npm packages that bring drivers, by name or by a path from this file. */
  packages: z.array(z.string().min(1)).default([]),
  /** Drivers that are processes of their own and answer over NATS. */
  remote: z
    .array(
      z.strictObject({
        name: RemoteName,
        /** How long one call may take; what takes longer is to be answered by in-progress. */
        timeoutSeconds: z.number().positive().max(300).default(10),
      }),
    )
    .default([]),
});
export type DriversFile = z.infer<typeof DriversFile>;

/** Throws `invalid-input` `drivers-file-malformed`. Without a path: what there is when nobody said anything. */
export function readDriversFile(path: string | undefined): DriversFile {
  if (path === undefined) return DriversFile.parse({});
  const malformed = (why: string) =>
    invalidInput('drivers-file-malformed', `The file ${path} of driver settings cannot be used: ${why}`, {
      mend: 'Correct it, or the path in LIFEBOAT_DRIVERS_FILE.',
    });
  let raw: unknown;
  try {
    raw = parse(readFileSync(path, 'utf8'));
  } catch (thrown) {
    throw malformed((thrown as Error).message);
  }
  const parsed = DriversFile.safeParse(raw ?? {});
  if (!parsed.success) throw malformed(parsed.error.message);
  return parsed.data;
}
