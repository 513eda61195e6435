import { CommitWindow } from '@lifeboat/contracts';
import type { RunStep } from '@lifeboat/contracts';
import { invalidInput } from '@lifeboat/kernel';

const UNIT: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** `90s`, `30m`, `2h`, `1d`; seconds without a unit. */
export function secondsOf(text: string): number {
  const [, amount, unit = 's'] = /^(\d+)([smhd])?$/.exec(text) ?? [];
  const seconds = Number(amount) * (UNIT[unit] ?? Number.NaN);
  if (seconds > 0) return seconds;
  throw invalidInput('time-malformed', `"${text}" is no length of time.`, { mend: 'Write 90s, 30m, 2h or 1d.' });
}

/** As a run or a policy wants it. */
export function commitWindowOf({
  commitWindow,
  whenOver,
}: {
  readonly commitWindow?: string;
  readonly whenOver: string;
}): { readonly commitWindow?: CommitWindow } {
  if (commitWindow === undefined) return {};
  const window = CommitWindow.safeParse({ seconds: secondsOf(commitWindow), whenOver });
  if (window.success) return { commitWindow: window.data };
  throw invalidInput(
    'commit-window-malformed',
    window.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; '),
    {
      mend: 'Write --commit-window 30m --when-over commit, or roll-back; a week at most.',
    },
  );
}

export const windowText = ({ seconds, whenOver }: CommitWindow): string => `${seconds} s, then ${whenOver}`;

export const heldText = ({ word, until, whenOver, says }: NonNullable<RunStep['held']>): string =>
  `held${says === undefined ? '' : `, ${says}`}: "run ${word}" by ${until}, else it ${whenOver === 'undo' ? 'is undone' : 'goes on'}`;
