import type { Json } from '@lifeboat/kernel';
import type { Ref } from '@lifeboat/openstack-entity-api';
import type { ServiceName } from '@lifeboat/openstack-client';
import type { ResolvedWave } from '@lifeboat/contracts';

/**
 * A recovery as plain API calls. In every text `${17.network.id}` is that field of what call 17 answered, `${given.ID}` what a person says of disk ID, and
 * `${each.id}` one of the things of a list.
 */
export interface Script {
  readonly projectId: string;
  readonly waves: readonly ScriptWave[];
  readonly calls: readonly Call[];
  /** Takes back what was made, in order; what a call of it refers to and was never made is left out. */
  readonly undo: readonly Call[];
  readonly stands: readonly Standing[];
  /** What a person has to make, or to do, beside the calls. */
  readonly byHand: readonly ByHand[];
}

/** Calls `from` to `to`, and what the plan wants around them. */
export interface ScriptWave extends Pick<ResolvedWave, 'name' | 'servers' | 'before' | 'probes' | 'after' | 'prompt'> {
  readonly from: number;
  readonly to: number;
}

export interface ByHand {
  readonly about: string;
  /** In order. */
  readonly steps: readonly string[];
  /** The disk whose copy is made so: its volume's id is told to the script. */
  readonly given?: string;
}

/** What will stand for a captured entity: an id of the target, one that a call gives, or why there is none. */
export interface Standing {
  readonly kind: string;
  readonly id: string;
  readonly name: string;
  readonly how: string;
  readonly target?: string;
}

export interface Call {
  readonly n: number;
  /** For people. */
  readonly what: string;
  /** The captured entity that it is for. */
  readonly of: Ref;
  readonly service: ServiceName;
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly microversion?: string;
  readonly contentType?: string;
  readonly body?: Json;
  /** It makes something: how that is found again. */
  readonly makes?: Made;
  /** What has to be so before it is made. */
  readonly first?: Wait;
  /** What has to be so before the next one is made. */
  readonly wait?: Wait;
  /** Where this is so it need not be made: said of calls that cannot simply be repeated. */
  readonly unless?: Unless;
  /** Once for each thing of a list, but those. */
  readonly each?: Each;
  /** Wishes of the body that the target may refuse: then it is made without them. */
  readonly wishes?: readonly string[];
  /** Fields of the answer that are referred to. */
  readonly keeps: readonly string[];
}

export interface Wait {
  readonly path: string;
  readonly field: string;
  readonly until: readonly string[];
  readonly fail: readonly string[];
  /** Until it is not there any more. */
  readonly gone?: true;
}

export interface Made {
  /** Where its id is in the answer: `network.id`. */
  readonly id: string;
  readonly path: string;
  readonly find: Find;
}

/** Ours, by a list of the target: what has all of one of `where`. */
export interface Find extends Listed {
  readonly where: readonly Json[];
  /** It bears our mark, so that it is ours wherever it is found; else only what was not there before. */
  readonly marked: boolean;
}

export interface Listed {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly key: string;
  /** Each item is wrapped in an object under this key. */
  readonly item?: string;
}

export interface Each extends Listed {
  readonly except: readonly string[];
}

export interface Unless {
  readonly path: string;
  readonly field: string;
  readonly is?: Json;
  readonly atMost?: number;
}
