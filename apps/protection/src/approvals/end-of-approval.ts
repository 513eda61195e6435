import type { Approval } from '@lifeboat/contracts';
import { conflict } from '@lifeboat/kernel';
import { endedApprovals } from './decisions.ts';

/** For what would have runs begin without an approval that they needed until now: whoever changes something else must not end it by the way. `where`: `Policy gold`. */
export function refuseEndOfApproval(
  where: string,
  before: Approval | null | undefined,
  after: Approval | null | undefined,
): void {
  const kinds = endedApprovals(before, after);
  if (kinds.length > 0)
    throw conflict(
      'approval-would-end',
      `${where}: runs have to be approved (${kinds.join(', ')}); this would end it.`,
      {
        mend: 'Name these kinds again by --approve, or a policy that does; or, if it is meant, add --no-approval.',
        data: { kinds },
      },
    );
}
