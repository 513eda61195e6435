import {
  CheckTarget,
  MaterialiseDisks,
  RecreateEntities,
  ReleaseDisks,
  RemoveEntities,
  VerifyWorkload,
} from '@lifeboat/contracts';
import { to } from '@lifeboat/saga-engine';
import type { SagaBuilder } from '@lifeboat/saga-engine';
import { ofRun } from './runs.ts';
import type { Pinned } from './runs.ts';

type Known = Omit<Pinned, 'pointId'> & { readonly point: string };

/** What is rebuilt, from where and to where. No step calls the primary: its name is but a word in a mark. */
const scene = ({ primary, recovery, metadata, images, mappings, ...run }: Known) => ({
  ...ofRun(run),
  source: primary,
  target: recovery,
  metadata,
  images,
  mappings,
});

/**
 * The workload stands and was compared, from copies of a pinned point: the very rows of a real failover and of its rehearsal. `isolated`: nothing of it reaches
 * anything outside of it. `home`: what stands there of the group comes back.
 */
export const servedFromCopies =
  (how: { readonly isolated?: true; readonly home?: true } = {}) =>
  <S extends Known>(rows: SagaBuilder<S>) =>
    rows
      .step('check target', {
        send: (s) => to(CheckTarget, { ...scene(s), disks: s.disks, ...how }),
        keep: ({ warnings }) => ({ warnings }),
      })
      .step('materialise disks', {
        send: ({ disks, mappings, ...s }) =>
          to(MaterialiseDisks, { ...ofRun(s), pointId: s.point, target: s.recovery, disks, mappings }),
        keep: ({ copies }) => ({ copies }),
        undo: (s) => to(ReleaseDisks, ofRun(s)),
      })
      .step('recreate entities', {
        send: (s) => to(RecreateEntities, { ...scene(s), copies: s.copies, ...how }),
        keep: ({ entities }) => ({ entities }),
        undo: (s) => to(RemoveEntities, ofRun(s)),
      })
      .step('verify workload', {
        send: (s) => to(VerifyWorkload, ofRun(s)),
        keep: ({ fields, orphans, doubles }) => ({ fields, orphans, doubles }),
      });
