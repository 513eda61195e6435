import { Approval, RequestedKind } from '@lifeboat/contracts';
import { invalidInput } from '@lifeboat/kernel';
import { secondsOf } from './hold-input.ts';

export interface ApprovalOptions {
  readonly approve?: string;
  readonly approveWithin: string;
}

/** As a policy wants it: `--approve failover,failback --approve-within 1h`. */
export function approvalOf({ approve, approveWithin }: ApprovalOptions): { readonly approval?: Approval } {
  if (approve === undefined) return {};
  const kinds = approve.split(',').map((kind) => kind.trim());
  const approval = Approval.safeParse({ kinds, withinSeconds: secondsOf(approveWithin) });
  if (approval.success) return { approval: approval.data };
  throw invalidInput(
    'approval-malformed',
    approval.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; '),
    {
      mend: `Write --approve with some of ${RequestedKind.options.join(', ')}, and --approve-within 1h; a week at most.`,
    },
  );
}

export const approvalText = ({ kinds, withinSeconds }: Approval): string =>
  `${kinds.join(', ')}, within ${withinSeconds} s`;
