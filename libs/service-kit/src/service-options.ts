import type { Context } from '@lifeboat/contracts';
import type { Subscription } from '@lifeboat/messaging';
import type { INestApplicationContext, Provider, Type } from '@nestjs/common';
import type { z } from 'zod';

/** Settings as they were validated at start; inject with `@Inject(SETTINGS)`. */
export const SETTINGS = Symbol('lifeboat-settings');
/** The service's logger; inject with `@Inject(LOGGER)`. */
export const LOGGER = Symbol('lifeboat-logger');

export interface ServiceOptions<S extends z.ZodRawShape> {
  readonly name: string;
  readonly context: Context;
  /** The service's schema; absent for services that keep nothing. */
  readonly database?: {
    readonly schema: string;
    readonly entities: readonly Type[];
    readonly migrations: readonly Type[];
  };
  readonly needs?: { readonly clouds?: boolean; readonly secrets?: boolean };
  /** It answers nobody and needs no stream: its loops run whether or not NATS can be reached, as what they do must not wait for it. */
  readonly asksOnly?: true;
  readonly settings?: S;
  /** Handlers and what they need: the table of contents of the service. */
  readonly providers: readonly Provider[];
  /** More streams whose messages are taken in like commands, e.g. a site's answers. */
  readonly alsoReads?: readonly Subscription[];
  /** Started when everything else runs, ended by the signal: an HTTP server, a consumer of its own. */
  readonly main?: (app: INestApplicationContext, signal: AbortSignal) => Promise<void>;
}
