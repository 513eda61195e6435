import { invalidInput } from '@lifeboat/kernel';
import type { ReplicationDriver } from './driver.ts';

/** What the host of a `serve` gives it: the site whose worker it runs in, and a signal for its end. */
export interface ServeHost {
  readonly site: string;
  readonly signal: AbortSignal;
  /** For a person: that something went wrong, and that it goes on. */
  problem(what: string, thrown: unknown): void;
}

/** The point for which an application is held still. */
export interface QuiesceOf {
  /** Which of the settings, as the policy names it. */
  readonly hook: string;
  readonly groupId: string;
  readonly pointId: string;
  /** The longest that it is held. */
  readonly atMostSeconds: number;
}

/** Holds an application still while the snapshots of a point are taken, whichever drivers take them. Both may be called twice, and `unquiesce` where nothing is held. */
export interface Quiescer {
  /** Returns when it is held. `quiesced`: its file systems; `application`: the application took part. Throws what went wrong; it may be held all the same. */
  quiesce(
    of: QuiesceOf,
    io: { readonly signal: AbortSignal },
  ): Promise<{ readonly level: 'quiesced' | 'application'; readonly position?: string }>;
  /** Returns when it is held no more. `held`: it was, until now. */
  unquiesce(
    of: QuiesceOf,
    io: { readonly signal: AbortSignal },
  ): Promise<{ readonly held: boolean; readonly why?: string }>;
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
  /** Where its settings also say how applications are held still for what other drivers carry. */
  quiescer?(settings: unknown): Quiescer;
}

/** Fits a schema of zod's, and of others'. */
export interface Schema<S> {
  safeParse(
    value: unknown,
  ): { readonly success: true; readonly data: S } | { readonly success: false; readonly error: Error };
}

/** A driver that needs to be told nothing. */
export const plain = (driver: ReplicationDriver): DriverDefinition => ({ name: driver.name, create: () => driver });

/** A driver with settings; `create`, `serve` and `quiescer` get them checked. */
export function configured<S>(
  name: string,
  schema: Schema<S>,
  create: (settings: S | undefined) => ReplicationDriver,
  serve?: (settings: S, host: ServeHost) => Promise<void>,
  quiescer?: (settings: S | undefined) => Quiescer,
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
    ...(quiescer && { quiescer: (settings: unknown) => quiescer(checked(settings)) }),
    ...(serve && {
      serve: async (settings: unknown, host: ServeHost) => {
        const own = checked(settings);
        if (own !== undefined) await serve(own, host);
      },
    }),
  };
}
