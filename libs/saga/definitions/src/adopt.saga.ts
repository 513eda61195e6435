import type { DataOf } from '@lifeboat/contracts';
import {
  AdoptDisks,
  AdoptImages,
  DisownDisks,
  DisownImages,
  ForgetCapture,
  RestoreCapture,
  RestoreGroup,
  StartAdopt,
  VerifyBundle,
} from '@lifeboat/contracts';
import { every, hours, minutes, saga, seconds, to } from '@lifeboat/saga-engine';
import { ofRun, whateverItTakes } from './fragments/runs.ts';

type Adopting = DataOf<typeof StartAdopt> & { readonly point: { readonly name: string } };

const ofPoint = ({ groupId, point }: Adopting) => ({ groupId, pointId: point.name });
const whole = ({ runId, bundle, ...s }: Adopting) => ({ ...ofPoint({ runId, bundle, ...s }), runId, bundle });
/** The bundle is read from its place again and again, which may be away for a while. */
const patiently = every(seconds(15), 8);

/**
 * Rebuild the home of a group from its bundle: each service takes in what is its own of each point, and only then is there a group, in one transaction, the pivot. Nothing
 * is changed in the clouds, and an undo leaves there what stands: what was to be adopted is no one's, as before.
 */
export const adopt = saga('adopt', 1, StartAdopt)
  .onePer((s) => s.groupId)
  .deadline(hours(4))
  .step('verify bundle', {
    send: (s) => to(VerifyBundle, { ...ofRun(s), bundle: s.bundle }),
    withinMs: minutes(5),
    retry: patiently,
  })
  .forEach(
    'point',
    (s) => s.points,
    (each) =>
      each
        .step('restore metadata', {
          send: (s) => to(RestoreCapture, whole(s)),
          undo: (s) => to(ForgetCapture, ofPoint(s)),
          retry: patiently,
        })
        .step('adopt images', {
          send: (s) => to(AdoptImages, whole(s)),
          undo: (s) => to(DisownImages, ofPoint(s)),
          retry: patiently,
        })
        .step('adopt disks', {
          send: (s) => to(AdoptDisks, whole(s)),
          keep: ({ disks, missing }) => ({ disks, missing }),
          undo: (s) => to(DisownDisks, ofPoint(s)),
          retry: patiently,
        }),
  )
  .pivot('restore group', {
    send: (s) =>
      to(RestoreGroup, {
        ...ofRun(s),
        bundle: s.bundle,
        points: s.points.map(({ name, damage }) => ({ pointId: name, ...(damage !== undefined && { damage }) })),
      }),
    keep: ({ restoredAt }) => ({ restoredAt }),
    retry: whateverItTakes,
  })
  .end();
