import { external } from '@lifeboat/kernel';
import { z } from 'zod';

/** Ceph writes booleans as text in some places, and otherwise in others. */
const Flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]);

const Info = z.object({
  size: z.number(),
  parent: z.object({ pool: z.string(), image: z.string(), snapshot: z.string(), trash: z.boolean() }).optional(),
  mirroring: z.object({ mode: z.string().optional(), state: z.string(), primary: z.boolean().optional() }).optional(),
});
export type ImageInfo = z.infer<typeof Info>;

const Snapshots = z.array(
  z.object({
    id: z.number(),
    name: z.string(),
    protected: Flag,
    namespace: z.object({
      type: z.string(),
      state: z.string().optional(),
      complete: Flag.optional(),
      primary_snap_id: z.number().optional(),
    }),
  }),
);
/** Of an image: those that users made, those of the mirroring, those kept for their clones (`trash`). */
export type Snapshot = z.infer<typeof Snapshots>[number];

const Replay = z.object({
  replay_state: z.string().optional(),
  syncing_percent: z.number().optional(),
  local_snapshot_timestamp: z.number().optional(),
  remote_snapshot_timestamp: z.number().optional(),
});
const Status = z.object({ state: z.string(), description: z.string() });
export type MirrorStatus = z.infer<typeof Status> & { readonly replay: z.infer<typeof Replay> };

function parsed<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const answer = schema.safeParse(value);
  if (answer.success) return answer.data;
  throw external('ceph-answer-unknown', `rbd ${what} answers what this driver does not know: ${answer.error.message}`, {
    mend: 'Look whether the release of Ceph is one that the driver was tried with.',
  });
}

export const infoIn = (value: unknown): ImageInfo => parsed(Info, value, 'info');
export const snapshotsIn = (value: unknown): readonly Snapshot[] => parsed(Snapshots, value, 'snap ls');

/** What the replayer is at stands as JSON at the end of a sentence. */
export function statusIn(value: unknown): MirrorStatus {
  const { state, description } = parsed(Status, value, 'mirror image status');
  const start = description.indexOf('{');
  const replay = start < 0 ? {} : parsed(Replay, JSON.parse(description.slice(start)), 'mirror image status');
  return { state, description: start < 0 ? description : description.slice(0, start), replay };
}

export const isMirrored = (info: ImageInfo | undefined): boolean => info?.mirroring?.state === 'enabled';
export const isPrimary = (info: ImageInfo | undefined): boolean =>
  isMirrored(info) && info?.mirroring?.primary === true;

const ofUsers = ({ namespace }: Snapshot): boolean => namespace.type === 'user';
const ofMirroring = ({ namespace }: Snapshot): boolean => namespace.type === 'mirror';

export const userSnapshot = (snapshots: readonly Snapshot[], name: string): Snapshot | undefined =>
  snapshots.find((one) => ofUsers(one) && one.name === name);

/** At the source: the first mirror snapshot that was taken after the user's, and so carries it. */
export function carrierOf(snapshots: readonly Snapshot[], name: string): number | undefined {
  const user = userSnapshot(snapshots, name);
  if (!user) return undefined;
  const after = snapshots.filter((one) => ofMirroring(one) && one.id > user.id).map(({ id }) => id);
  return after.length > 0 ? Math.min(...after) : undefined;
}

/** At the target: the newest mirror snapshot of the source of which every byte is there; -1 before the first. */
const newestComplete = (snapshots: readonly Snapshot[]): number =>
  Math.max(
    -1,
    ...snapshots
      .filter((one) => ofMirroring(one) && one.namespace.complete === true)
      .map(({ namespace }) => namespace.primary_snap_id ?? -1),
  );

/**
 * At the target. A user's snapshot appears there before its bytes do: it counts when the mirror snapshot that carries it, or a later one, is complete.
 */
export const hasArrived = (snapshots: readonly Snapshot[], name: string, carrier: number): boolean =>
  userSnapshot(snapshots, name) !== undefined && newestComplete(snapshots) >= carrier;

/** The source's image was demoted, and the target has all that was written before. */
export function demotionCrossed(source: readonly Snapshot[], target: readonly Snapshot[]): boolean {
  const demoted = source.findLast((one) => ofMirroring(one) && one.namespace.state === 'demoted');
  return demoted !== undefined && newestComplete(target) >= demoted.id;
}

/** What users removed at the source and the target still has: it goes with the next mirror snapshot. */
export function removalOutstanding(
  source: readonly Snapshot[],
  target: readonly Snapshot[],
): 'none' | 'under-way' | 'not-sent' {
  if (target.filter(ofUsers).every(({ name }) => userSnapshot(source, name))) return 'none';
  const newest = Math.max(-1, ...source.filter(ofMirroring).map(({ id }) => id));
  return newestComplete(target) < newest ? 'under-way' : 'not-sent';
}

/** Why mirroring to this image does not go on, as a sentence; `undefined` while it does. */
export function standstill({ state, description }: MirrorStatus, site: string): string | undefined {
  if (state.startsWith('down'))
    return `no rbd-mirror of ${site} reports about the image (${state}, ${description.trim()})`;
  return /^up\+(replaying|syncing|starting_replay|unknown)$/.test(state)
    ? undefined
    : `rbd-mirror of ${site} says ${state}: ${description.trim()}`;
}
