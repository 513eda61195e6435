import type { Entity } from '@lifeboat/openstack-entity-api';

interface Halted {
  /** As said in the receipt. */
  readonly was: string;
  readonly lost: string;
}

const MEMORY = 'its memory is not carried';

/** What does not run and is no error. It stands switched off: what was stopped on purpose must not begin to serve because its cloud was lost. */
const HALTED: Readonly<Record<string, Halted>> = {
  PAUSED: { was: 'paused', lost: MEMORY },
  SUSPENDED: { was: 'suspended', lost: MEMORY },
  SHELVED: { was: 'shelved', lost: 'the host and address it was to come back to are not kept for it' },
  SHELVED_OFFLOADED: { was: 'shelved', lost: 'the host and address it was to come back to are not kept for it' },
};

/** Wanted again; what a server is doing at the moment (rebooting, migrating, on a host that does not answer) is not. */
export const powerOf = (status: unknown): 'ACTIVE' | 'SHUTOFF' =>
  status === 'SHUTOFF' || String(status) in HALTED ? 'SHUTOFF' : 'ACTIVE';

/** What is lost of a state that no server can be made in. */
export function stateNote(kept: Entity): readonly { readonly field: string; readonly dropped: string }[] {
  const halted = HALTED[String(kept.observed['status'])];
  return halted
    ? [{ field: 'state', dropped: `it was ${halted.was}: it stands switched off, and ${halted.lost}` }]
    : [];
}

const AND_THEN = 'Then make a new recovery point; or leave it out of the group.';

/** States in which a server is not what it is meant to be, or hides it. */
const REFUSED: Readonly<Record<string, readonly [why: string, mend: string]>> = {
  ERROR: [
    'is in error',
    'See its fault with "openstack server show", and mend it: "openstack server reboot --hard", or rebuild it.',
  ],
  RESCUE: ['runs from a rescue disk, which hides its own', 'End it with "openstack server unrescue".'],
  VERIFY_RESIZE: [
    'has two sizes until its resize is confirmed or reverted',
    'Decide with "openstack server resize confirm" or "revert".',
  ],
  RESIZE: ['is being resized', 'Wait until that is done.'],
  REVERT_RESIZE: ['is being given its old size back', 'Wait until that is done.'],
  BUILD: ['is still being made', 'Wait until it is ACTIVE.'],
  REBUILD: ['is being rebuilt', 'Wait until that is done.'],
  SOFT_DELETED: ['is deleted and waits to be gone', 'Bring it back with "openstack server restore".'],
};

export function stateRefusal(
  kept: Entity,
): { readonly code: string; readonly message: string; readonly mend: string } | undefined {
  const [why, mend] = REFUSED[String(kept.observed['status'])] ?? [];
  return why === undefined
    ? undefined
    : { code: 'server-state-refused', message: `It ${why}.`, mend: `${mend} ${AND_THEN}` };
}
