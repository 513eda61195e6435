import { asLifeboatError, invalidInput } from '@lifeboat/kernel';
import type { DriverDefinition } from '@lifeboat/replication-driver-api';
import { findPackage } from './find-package.ts';

/** The drivers of an npm package. Throws `invalid-input`: `driver-package-not-found`, `driver-package-broken` or `driver-package-empty`. */
export async function loadPackage(named: string, from: string): Promise<readonly DriverDefinition[]> {
  const { drivers } = await importFrom(named, from);
  if (!Array.isArray(drivers) || drivers.length === 0 || !drivers.every(isDefinition))
    throw invalidInput('driver-package-empty', `The package "${named}" that ${from} names brings no drivers.`, {
      mend: 'It has to export `drivers`, a list with a DriverDefinition (name, create) for each.',
    });
  return drivers;
}

async function importFrom(named: string, from: string): Promise<{ readonly drivers?: unknown }> {
  const found = findPackage(named, from);
  try {
    if (found !== undefined) return (await import(found)) as { readonly drivers?: unknown };
  } catch (cause) {
    if (!isMissing(cause, named))
      throw invalidInput(
        'driver-package-broken',
        `The package "${named}" that ${from} names cannot be loaded: ${asLifeboatError(cause).message}`,
        { mend: 'Install what it needs, or a version of it that runs on this Node.', cause },
      );
  }
  throw invalidInput('driver-package-not-found', `There is no package "${named}", which ${from} names.`, {
    mend: `Install it beside that file or beside Lifeboat (npm install ${named}), or correct the name.`,
  });
}

/** The package itself is not there, rather than something that it imports. */
function isMissing(thrown: unknown, named: string): boolean {
  if (typeof thrown !== 'object' || thrown === null) return false;
  const missing = ['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'].includes(String(Reflect.get(thrown, 'code')));
  return missing && String(Reflect.get(thrown, 'message')).includes(`'${named}'`);
}

const isDefinition = (one: unknown): one is DriverDefinition =>
  typeof one === 'object' &&
  one !== null &&
  typeof Reflect.get(one, 'name') === 'string' &&
  typeof Reflect.get(one, 'create') === 'function';
