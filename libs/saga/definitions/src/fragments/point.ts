import type { DataOf, GroupCaptured, PointOpened } from '@lifeboat/contracts';
import {
  CaptureGroup,
  DiscardDisks,
  DiscardPoint,
  ForgetCapture,
  OpenPoint,
  ReleaseImages,
  ReplicateDisks,
  ReplicateImages,
  SealPoint,
} from '@lifeboat/contracts';
import { every, isSuperseded, minutes, seconds, to } from '@lifeboat/saga-engine';
import type { SagaBuilder } from '@lifeboat/saga-engine';
import type { OfRun } from './runs.ts';

/** The point is named after the run that makes it. */
const ofPoint = ({ groupId, runId }: OfRun) => ({ groupId, pointId: runId });

/** A point is begun, and its metadata are captured. */
export const captured = <S extends OfRun>(rows: SagaBuilder<S>) =>
  rows
    .step('open point', {
      send: (s) => to(OpenPoint, ofPoint(s)),
      keep: ({ primary, recovery, members, policy }) => ({ primary, recovery, members, policy }),
      undo: (s) => to(DiscardPoint, { ...ofPoint(s), reason: 'the point could not be completed' }),
    })
    .step('capture metadata', {
      send: (s) =>
        to(CaptureGroup, { ...ofPoint(s), site: s.primary, members: s.members, serverRoot: s.policy.serverRoot }),
      keep: ({ metadata, disks, images }) => ({ metadata, disks, imageRefs: images }),
      undo: (s) => to(ForgetCapture, ofPoint(s)),
      withinMs: minutes(15),
      retry: every(seconds(5), 2),
    });

type Opened = Pick<DataOf<typeof PointOpened>, 'primary' | 'recovery' | 'policy'>;
type Captured = Pick<DataOf<typeof GroupCaptured>, 'metadata' | 'disks'> & {
  readonly imageRefs: DataOf<typeof GroupCaptured>['images'];
};

/** Its images and disks are carried side by side, and it is sealed when all are in place. `still`: of servers that are stopped; no application has to be held still then. */
export const carried =
  ({ still = false }: { readonly still?: boolean } = {}) =>
  <S extends OfRun & Opened & Captured>(rows: SagaBuilder<S>) =>
    rows
      .both(
        'replicate images',
        {
          send: (s) =>
            to(ReplicateImages, { ...ofPoint(s), source: s.primary, target: s.recovery, images: s.imageRefs }),
          keep: ({ images }) => ({ images }),
          undo: (s) => to(ReleaseImages, ofPoint(s)),
        },
        'replicate disks',
        {
          send: (s) =>
            to(ReplicateDisks, {
              ...ofPoint(s),
              source: s.primary,
              target: s.recovery,
              disks: s.disks,
              rules: s.policy.drivers,
              ...(!still && s.policy.quiesce && { quiesce: s.policy.quiesce }),
            }),
          keep: ({ disks, consistency, requestedAt }) => ({ replicas: disks, consistency, requestedAt }),
          // A failover has taken over: the primary is lost and is not called any more, whatever is left there.
          undo: (s, why) => to(DiscardDisks, { ...ofPoint(s), sourceLost: isSuperseded(why) }),
        },
      )
      .step('seal point', {
        send: (s) =>
          to(SealPoint, {
            ...ofPoint(s),
            metadata: s.metadata,
            images: s.images,
            disks: s.replicas,
            consistency: s.consistency,
            requestedAt: s.requestedAt,
          }),
      });
