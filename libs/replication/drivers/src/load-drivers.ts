import { invalidInput } from '@lifeboat/kernel';
import { driverRegistry } from '@lifeboat/replication-driver-api';
import type { DriverDefinition, DriverRegistry } from '@lifeboat/replication-driver-api';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { builtIn } from './registry.ts';

const DriversFile = z.strictObject({
  /** By the driver's name: what it is to know of the sites. May hold secrets: the file is for the service's user alone. */
  drivers: z.record(z.string(), z.unknown()).default({}),
});

/** What runs in this installation, and what it was told. */
export interface Drivers extends DriverRegistry {
  readonly definitions: readonly { readonly definition: DriverDefinition; readonly settings: unknown }[];
}

/** Throws `invalid-input` for a file that cannot be read, or does not fit. Without a file: what needs no settings works. */
export function loadDrivers(file?: string): Drivers {
  const { drivers: settings } = file === undefined ? { drivers: {} as Record<string, unknown> } : readDriversFile(file);
  const unknown = Object.keys(settings).filter((name) => !builtIn.some((one) => one.name === name));
  if (unknown.length > 0)
    throw invalidInput(
      'driver-unknown',
      `${file} has settings for "${unknown.join('", "')}", and there is no such driver.`,
      {
        mend: `Use ${builtIn.map(({ name }) => name).join(', ')}.`,
      },
    );
  const definitions = builtIn.map((definition) => ({ definition, settings: settings[definition.name] }));
  const registry = driverRegistry(...definitions.map(({ definition, settings: own }) => definition.create(own)));
  return { ...registry, definitions };
}

function readDriversFile(file: string): z.infer<typeof DriversFile> {
  const malformed = (why: string) =>
    invalidInput('drivers-file-malformed', `The file ${file} of driver settings cannot be used: ${why}`, {
      mend: 'Correct it, or the path in LIFEBOAT_DRIVERS_FILE.',
    });
  let raw: unknown;
  try {
    raw = parse(readFileSync(file, 'utf8'));
  } catch (thrown) {
    throw malformed((thrown as Error).message);
  }
  const parsed = DriversFile.safeParse(raw ?? {});
  if (!parsed.success) throw malformed(parsed.error.message);
  return parsed.data;
}
