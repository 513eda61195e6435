import { CommitFailover, PromoteDisks, UnlockGroup } from '@lifeboat/contracts';
import type { CommitWindow } from '@lifeboat/contracts';
import { every, seconds, to } from '@lifeboat/saga-engine';
import type { SagaBuilder } from '@lifeboat/saga-engine';
import { ofRun, whateverItTakes } from './runs.ts';
import type { OfRun, Pinned } from './runs.ts';

/** It serves, and nothing is decided: somebody looks, then commits or has it all undone. */
export const provisional = <S extends { readonly commitWindow?: CommitWindow | undefined }>(rows: SagaBuilder<S>) =>
  rows.hold('commit window', {
    word: 'commit',
    forMs: ({ commitWindow }) => commitWindow && seconds(commitWindow.seconds),
    whenOver: ({ commitWindow }) => (commitWindow?.whenOver === 'commit' ? 'go on' : 'undo'),
  });

/** The point of no return: from here on the group serves at its recovery site. */
export const committed = <S extends OfRun & { readonly fenceToken: number }>(rows: SagaBuilder<S>) =>
  rows.pivot('commit failover', {
    send: (s) => to(CommitFailover, { ...ofRun(s), fenceToken: s.fenceToken }),
    keep: ({ committedAt }) => ({ committedAt }),
    retry: every(seconds(10), 30),
  });

type Served = Pick<Pinned, 'groupId' | 'runId' | 'recovery' | 'disks'> & { readonly point: string };

/** Of a disk that its application replicates no copy can serve: its standby is promoted when it is certain that the group serves here. */
export const promoted =
  <N>(plannedFrom: (s: N) => string | undefined) =>
  <S extends N & Served>(rows: SagaBuilder<S, 'after'>) =>
    rows.step('promote disks', {
      send: (s) => {
        const from = plannedFrom(s);
        return to(PromoteDisks, {
          ...ofRun(s),
          pointId: s.point,
          target: s.recovery,
          disks: s.disks,
          ...(from !== undefined && { plannedFrom: from }),
        });
      },
      keep: (answer) => ({ promoted: answer.promoted }),
      retry: every(seconds(10), 3),
    });

export const unlocked = <S extends OfRun>(rows: SagaBuilder<S, 'after'>) =>
  rows.step('unlock group', { send: (s) => to(UnlockGroup, ofRun(s)), retry: whateverItTakes });
