import { invalidInput } from '@lifeboat/kernel';
import type { ReplicationDriver } from './driver.ts';

/** What the host of a `serve` gives it: the site whose worker it runs in, and a signal for its end. */
export interface ServeHost {
  readonly site: string;
  readonly signal: AbortSignal;
  /** For a person: that something went wrong, and that it goes on. */
  problem(what: string, thrown: unknown): void;
}

/** A driver as it is registered: what it is to be told of the place it works in, and how it is made of that. */
export interface DriverDefinition {
  readonly name: string;
  /**
   * Makes the driver of what stands under `drivers.<name>` of the drivers file; `undefined` when nothing does. Called once in each process. Throws
   * `invalid-input` for settings that do not fit. A driver that needs settings and has none says so in `supports`.
   */
  create(settings: unknown): ReplicationDriver;
  /** What runs in a worker beside its verbs, until the signal: a server to which the other site's worker sends blocks, say. */
  serve?(settings: unknown, host: ServeHost): Promise<void>;
}

/** Fits a schema of zod's, and of others'. */
export interface Schema<S> {
  safeParse(
    value: unknown,
  ): { readonly success: true; readonly data: S } | { readonly success: false; readonly error: Error };
}

/** A driver that needs to be told nothing. */
export const plain = (driver: ReplicationDriver): DriverDefinition => ({ name: driver.name, create: () => driver });

/** A driver with settings; `create` and `serve` get them checked. */
export function configured<S>(
  name: string,
  schema: Schema<S>,
  create: (settings: S | undefined) => ReplicationDriver,
  serve?: (settings: S, host: ServeHost) => Promise<void>,
): DriverDefinition {
  const checked = (settings: unknown): S | undefined => {
    if (settings === undefined) return undefined;
    const parsed = schema.safeParse(settings);
    if (parsed.success) return parsed.data;
    throw invalidInput(
      'driver-settings-malformed',
      `The settings of driver "${name}" do not fit: ${parsed.error.message}`,
      {
        mend: `Correct drivers.${name} in the file that LIFEBOAT_DRIVERS_FILE names.`,
      },
    );
  };
  return {
    name,
    create: (settings) => create(checked(settings)),
    ...(serve && {
      serve: async (settings: unknown, host: ServeHost) => {
        const own = checked(settings);
        if (own !== undefined) await serve(own, host);
      },
    }),
  };
}
