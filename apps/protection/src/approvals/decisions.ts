import type { Approval, RequestDecision, RequestedKind, RunRequest } from '@lifeboat/contracts';
import { conflict, forbidden, invalidInput } from '@lifeboat/kernel';

/** A group's policy as it is now: which, who has set it when, and what it says of approvals. */
export type PolicyNow = RunRequest['policy'] & { readonly approval?: Approval };

/** Of a run that somebody else has to approve, or had to. */
export type ApprovableRequest = RunRequest & { readonly approval: NonNullable<RunRequest['approval']> };

export type DecidedRequest = RunRequest & {
  readonly approval: { readonly lapsesAt: string; readonly decided: RequestDecision };
};

export const isApprovable = (request: RunRequest): request is ApprovableRequest => request.approval !== undefined;

/** Pure: who has asked for a run of this kind now, and until when somebody else has to approve it, if the policy wants that. */
export function requestOf(
  kind: RequestedKind,
  by: string | undefined,
  { approval, ...policy }: PolicyNow,
  now: Date,
): RunRequest {
  const asked = { ...(by !== undefined && { by }), at: now.toISOString(), policy };
  if (!approval?.kinds.includes(kind)) return asked;
  if (by === undefined)
    throw invalidInput('asker-not-named', `The policy ${policy.name} wants a ${kind} approved by somebody else.`, {
      mend: 'Say who asks for it: --by NAME.',
    });
  return { ...asked, approval: { lapsesAt: new Date(now.getTime() + approval.withinSeconds * 1_000).toISOString() } };
}

/** What somebody says to a run that awaits approval. */
export interface Word {
  readonly how: 'approved' | 'refused';
  readonly by: string;
  readonly reason: string;
}

/** A name written otherwise is no other person. */
const same = (a: string | undefined, b: string | undefined): boolean => a?.toLowerCase() === b?.toLowerCase();

/** Pure: what a word makes of a request; nothing (`undefined`) when the same person has said the same before. Who asked can refuse, which takes it back, but not approve. */
export function decidedBy(
  runId: string,
  request: ApprovableRequest,
  word: Word,
  now: Date,
): DecidedRequest | undefined {
  const { lapsesAt, decided } = request.approval;
  if (decided && decided.how === word.how && same(decided.by, word.by)) return undefined;
  if (decided) throw alreadyDecided(runId, decided);
  if (lapsed(request, now)) throw alreadyDecided(runId, { how: 'lapsed', at: lapsesAt });
  if (word.how === 'approved' && same(request.by, word.by))
    throw forbidden('own-approval', `Run ${runId} was asked for by ${request.by}, who cannot approve it.`, {
      mend: `Somebody else approves it: "lifeboat run approve ${runId} --by NAME --reason WHY".`,
    });
  return withDecision(request, { ...word, at: now.toISOString() });
}

/** Pure: whether its time is over. */
export const lapsed = ({ approval }: ApprovableRequest, now: Date): boolean =>
  Date.parse(approval.lapsesAt) <= now.getTime();

export const withDecision = (request: ApprovableRequest, decided: RequestDecision): DecidedRequest => ({
  ...request,
  approval: { ...request.approval, decided },
});

/** One sentence. */
const decisionText = ({ how, at, by, reason }: RequestDecision): string =>
  how === 'lapsed' ? `lapsed at ${at}: nobody had approved it by then` : `was ${how} by ${by} at ${at}: ${reason}`;

export const alreadyDecided = (runId: string, decided: RequestDecision) =>
  conflict('request-decided', `Run ${runId} ${decisionText(decided)}.`, {
    mend:
      decided.how === 'approved'
        ? `Look at it: "lifeboat run show ${runId}".`
        : 'Ask for another run, under another id, if it is still wanted.',
    data: { runId, decided },
  });

/** Pure: the kinds of runs that had to be approved by the policy as it was, and need not be by what it becomes. */
export const endedApprovals = (
  before: Approval | null | undefined,
  after: Approval | null | undefined,
): readonly RequestedKind[] => (before?.kinds ?? []).filter((kind) => !after?.kinds.includes(kind));
