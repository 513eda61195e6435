import { invalidInput } from '@lifeboat/kernel';
import { driverRegistry, remoteDriver } from '@lifeboat/replication-driver-api';
import type {
  DriverDefinition,
  DriverRegistry,
  DriverRequest,
  ReplicationDriver,
  Support,
} from '@lifeboat/replication-driver-api';
import { readDriversFile } from './drivers-file.ts';
import type { DriversFile } from './drivers-file.ts';
import { loadPackage } from './load-package.ts';
import { builtIn } from './registry.ts';

/** A driver that runs in this installation, and where it comes from. */
export interface LoadedDriver {
  readonly driver: ReplicationDriver;
  readonly origin: 'built-in' | 'package' | 'remote';
  /** The package's name, as the drivers file has it. */
  readonly from?: string;
  /** Whether it can be asked now: a remote one may be away. */
  present(): Promise<Support>;
}

/** What runs in this installation, and what it was told. */
export interface Drivers extends DriverRegistry {
  readonly loaded: readonly LoadedDriver[];
  readonly definitions: readonly { readonly definition: DriverDefinition; readonly settings: unknown }[];
}

interface Found {
  readonly definition: DriverDefinition;
  readonly from?: string;
}

const API = 1;
const here = async (): Promise<Support> => ({ ok: true });

/**
 * Built-in drivers, then those of the packages that the file names, then remote ones, asked over `request`. Throws `invalid-input` for a file that cannot
 * be read or does not fit, and for packages that cannot be used. Without a file: what needs no settings works. A remote driver need not be there yet.
 */
export const loadDrivers = async (file?: string, request: DriverRequest = noBus): Promise<Drivers> =>
  assembleDrivers(readDriversFile(file), file ?? '', request);

/** The same of what such a file says; `from` is where its paths begin. */
export async function assembleDrivers(
  { drivers: settings, packages, remote }: DriversFile,
  from: string,
  request: DriverRequest = noBus,
): Promise<Drivers> {
  const found: Found[] = builtIn.map((definition) => ({ definition }));
  for (const named of packages)
    for (const definition of await loadPackage(named, from)) found.push({ definition, from: named });
  refuseTwins([
    ...found.map((one) => [one.definition.name, one.from ?? 'Lifeboat itself'] as const),
    ...remote.map(({ name }) => [name, 'a remote process'] as const),
  ]);
  refuseUnknown(Object.keys(settings), found, from);
  const away = remote.map(({ name, timeoutSeconds }) =>
    remoteDriver({ name, timeoutMs: timeoutSeconds * 1_000 }, request),
  );
  await Promise.all(away.map(({ present }) => present()));
  const loaded = [
    ...found.map((one) => made(one, settings[one.definition.name])),
    ...away.map(({ driver, present }) => ({ driver, present, origin: 'remote' as const })),
  ];
  return {
    ...driverRegistry(...loaded.map(({ driver }) => driver)),
    loaded,
    definitions: found.map(({ definition }) => ({ definition, settings: settings[definition.name] })),
  };
}

function made({ definition, from }: Found, settings: unknown): LoadedDriver {
  const driver = checked(definition, settings, from);
  return { driver, present: here, ...(from === undefined ? { origin: 'built-in' } : { origin: 'package', from }) };
}

function checked(definition: DriverDefinition, settings: unknown, from: string | undefined): ReplicationDriver {
  const driver = definition.create(settings);
  // A package is not bound by our types.
  const { api, name }: { readonly api: number; readonly name: string } = driver;
  if (api !== API)
    throw invalidInput(
      'driver-api-unknown',
      `Driver "${definition.name}" of ${from} is written for driver API ${api}.`,
      {
        mend: `This Lifeboat speaks driver API ${API}: install a version of the package for that, or another Lifeboat.`,
      },
    );
  if (name !== definition.name)
    throw invalidInput(
      'driver-name-differs',
      `The definition "${definition.name}" of ${from} makes a driver "${name}".`,
      {
        mend: 'One name has to be used for both: policies and settings go by it.',
      },
    );
  return driver;
}

function refuseTwins(named: readonly (readonly [name: string, from: string])[]): void {
  const taken = new Map<string, string>();
  for (const [name, from] of named) {
    const other = taken.get(name);
    if (other !== undefined)
      throw invalidInput('driver-name-taken', `Two drivers are named "${name}": of ${other} and of ${from}.`, {
        mend: 'Leave one of them out of the drivers file, or use a version that is named otherwise.',
      });
    taken.set(name, from);
  }
}

function refuseUnknown(names: readonly string[], found: readonly Found[], file: string): void {
  const known = found.map(({ definition }) => definition.name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  throw invalidInput(
    'driver-unknown',
    `${file} has settings for "${unknown.join('", "')}", and there is no such driver here.`,
    { mend: `Use ${known.join(', ')}; a remote driver has its settings in its own process.` },
  );
}

const noBus: DriverRequest = async (subject) => {
  throw invalidInput('driver-needs-nats', `A remote driver cannot be asked on ${subject}: there is no NATS here.`);
};
