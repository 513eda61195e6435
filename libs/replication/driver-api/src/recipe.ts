import type { Json } from '@lifeboat/kernel';
import type { ServiceName } from '@lifeboat/openstack-client';

/** A field of an answer, and what it has to become. */
export interface RecipeWait {
  readonly path: string;
  /** Steps parted by dots: `volume.status`. */
  readonly field: string;
  readonly until: readonly string[];
  /** What it never comes back from. */
  readonly fail: readonly string[];
}

/** One call at the target, complete. In `path`, `body` and waits `${volume.id}` is the id of the volume that the recipe's first call makes. */
export interface RecipeCall {
  readonly service: ServiceName;
  readonly method: 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body: { readonly [key: string]: Json };
  /** Before it is made. */
  readonly first?: RecipeWait;
  /** Before the next one is made. */
  readonly wait?: RecipeWait;
}

/**
 * How a copy of a point is made with nothing at hand but the target's API: no driver, no worker, no database. The first call, where there are any, makes a volume
 * and bears the copy's mark.
 */
export interface Recipe {
  readonly calls: readonly RecipeCall[];
  /** What stands then. `by hand`: a person makes it, and tells its id. */
  readonly gives:
    | { readonly kind: 'volume'; readonly volumeId: string }
    | { readonly kind: 'image'; readonly imageId: string }
    | 'by hand';
  /** For people, in order: what makes the copy where it is made by hand; else what is to be done beside it. */
  readonly byHand?: readonly string[];
}

export const VOLUME_ID = '${volume.id}';
