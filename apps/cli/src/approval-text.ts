import { RunRequest } from '@lifeboat/contracts';
import type { Group, RunDetail } from '@lifeboat/contracts';

/** Who asked for a run and, where that was wanted, who approved it, by what the run knows; a line each. */
export function requestLines(state: Readonly<Record<string, unknown>>): readonly string[] {
  const request = RunRequest.safeParse(state['request']);
  if (!request.success) return [];
  const { by, at, approval } = request.data;
  const asked = by === undefined ? [] : [`asked for by ${by} at ${at}`];
  if (!approval) return asked;
  const { lapsesAt, decided } = approval;
  if (!decided) return [...asked, `awaits approval by somebody else until ${lapsesAt}`];
  if (decided.how === 'lapsed') return [...asked, `lapsed: nobody had approved it by ${lapsesAt}`];
  return [...asked, `${decided.how} by ${decided.by} at ${decided.at}: ${decided.reason}`];
}

/** All that was asked for, for whoever is to approve it; a line each. */
export const askedLines = ({
  request: _request,
  groupId: _group,
  runId: _run,
  by: _by,
  ...asked
}: Readonly<Record<string, unknown>>): readonly string[] =>
  Object.entries(asked).map(([what, value]) => `${what}: ${typeof value === 'string' ? value : JSON.stringify(value)}`);

/** What somebody else does about it. */
export const awaitingText = ({ runId, lapsesAt }: { readonly runId: string; readonly lapsesAt: string }): string =>
  `run ${runId} awaits approval by somebody else until ${lapsesAt}: "lifeboat run approve ${runId} --by NAME --reason WHY", or "run refuse"`;

export const groupAwaits = ({ awaitingApproval = [] }: Group): readonly string[] =>
  awaitingApproval.map((one) => `${one.kind}, asked for by ${one.by ?? 'somebody'}: ${awaitingText(one)}`);

/** Whether there is something to be seen of it later. */
export const goesOn = ({ outcome }: Pick<RunDetail, 'outcome'>): boolean =>
  outcome === 'awaiting-approval' || outcome === 'running' || outcome === 'undoing';
