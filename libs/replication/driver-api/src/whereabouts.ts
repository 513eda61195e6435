/** An object at the target, by the list that shows it. */
export interface ReplicaPart {
  readonly kind: 'volume' | 'snapshot' | 'backup' | 'image';
  readonly id: string;
}

/**
 * By which objects of the target a replica is known, and what the next point sends when all that is left of earlier ones is these and what the driver returned for
 * them: no memo, no task. `nothing`: no bytes ever travel through Lifeboat.
 */
export type Whereabouts =
  | { readonly parts: readonly ReplicaPart[]; readonly next: 'full' | 'difference' | 'nothing'; readonly why: string }
  | { readonly notAdoptable: string };
