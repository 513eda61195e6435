import type { Finding } from '@lifeboat/contracts';
import type { Json } from '@lifeboat/kernel';
import type { JsonRequest } from '@lifeboat/messaging';
import type { Cloud } from '@lifeboat/openstack-client';
import type { Topology } from '@lifeboat/openstack-entity-api';
import type { PlansFile } from '../plan/plans-file.ts';
import type { Served } from './served.ts';

/** What a switch is checked with before a run. Reads only. */
export interface Checking {
  readonly file: PlansFile;
  readonly cloud: (site: string) => Promise<Cloud>;
  readonly target: string;
  /** As it was captured: what is made with the group need not stand yet. */
  readonly topology: Topology;
  /** `plan, spec.traffic[0].record` */
  readonly where: string;
  readonly signal: AbortSignal;
}

/** What a switch is done with. */
export interface Switching {
  readonly file: PlansFile;
  /** Throws `switch-at-lost-site` where nothing may be called. */
  readonly cloud: (site: string) => Promise<Cloud>;
  readonly request: JsonRequest;
  readonly target: string;
  /** The site that the group has left by plan: it may be called. */
  readonly plannedFrom?: string;
  /** For whom is called; `key` is the same for every repeat. */
  readonly facts: Readonly<Record<'key' | 'run' | 'group' | 'from' | 'to', string>>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** `going`: to be called again, in a while. Else it is done, and `said` is for people. */
export type Put = 'going' | { readonly said?: string };

/**
 * One kind of thing that leads to a group. `W`: what the plan says of it. `V`: what stands there, as JSON, so that it can be kept before it is changed and put
 * back as it was.
 *
 * The order of work is always `look`, keep, `wanted`, keep, `put`. `look` comes before the first `put` and never after it, whatever crashes between; so
 * what a crash loses is a look, or the answer of a `put`, which is called again.
 *
 * Errors: those that may pass (`unavailable`, `timeout`, `external` with retry, `outcome-unknown`) are tried again until the switch's time is over; any other
 * ends its tries at once. Neither undoes the run: the switch is told as failed, with the error's `mend`.
 */
export interface SwitchKind<W, V extends Json> {
  /** For people and for the record: what it is, and where. Two switches of one text change the same thing, in whichever run. */
  text(what: W, target: string): string;
  /** What stands in the way of switching. Throws what keeps it from finding out, which is told as a blocker too. */
  blockers(what: W, checking: Checking): Promise<readonly Finding[]>;
  /** What stands there now. Without it nobody can look, so that nothing can be put back. */
  look?(what: W, servers: readonly Served[], switching: Switching): Promise<V>;
  /** Pure: what is to stand there. `before` is `null` where nobody can look. Throws `switch-without-address`. */
  wanted(what: W, before: V | null, servers: readonly Served[]): V;
  /**
   * Has `to` stand where `from` stood, and changes nothing else. Called again and again until it is done, after any crash, and once more by whoever
   * asks for it: where `to` stands already nothing is done.
   */
  put(what: W, from: V | null, to: V, switching: Switching): Promise<Put>;
  /** For people. */
  show?(value: V): string;
}
