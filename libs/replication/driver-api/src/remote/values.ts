import { ERROR_KINDS } from '@lifeboat/kernel';
import { z } from 'zod';

/** Values of the driver protocol. They say on the wire what `driver.ts` says in TypeScript; moments are ISO 8601 in UTC. */

export const Disk = z.object({
  kind: z.enum(['volume', 'server-root']),
  id: z.string().meta({ description: 'Volume id, or server id for a root disk.' }),
  name: z.string(),
  sizeGiB: z.number(),
  volumeType: z.string().optional(),
  bootable: z.boolean(),
  encrypted: z.boolean(),
  multiattach: z.boolean(),
  status: z.string().meta({ description: "As Cinder or Nova names it: 'in-use', 'error', 'ACTIVE'." }),
  metadata: z.record(z.string(), z.string()).optional(),
  attachedTo: z.string().optional().meta({ description: 'Id of the first server that the volume is attached to.' }),
});

export const PointOfDisk = z.object({
  pointId: z.string(),
  groupId: z.string(),
  disk: Disk,
  base: z.json().optional().meta({
    description: 'Replica of the newest earlier point of the disk that is kept: what to copy differences to.',
  }),
  together: z
    .array(Disk)
    .optional()
    .meta({ description: 'All disks of the point that this driver carries, this one too, ordered by id.' }),
  thorough: z
    .boolean()
    .optional()
    .meta({ description: 'What stands at the target is not to be trusted: compare every byte.' }),
  frozen: z.object({ by: z.string(), position: z.string().optional() }).optional().meta({
    description:
      "A hook of the policy's, by name, holds the application still until all snapshots of the point are taken: be quick. `position` is what it said.",
  }),
});

export const Copy = z.object({
  runId: z.string(),
  name: z.string(),
  volumeType: z.string().optional(),
  availabilityZone: z.string().optional(),
});

export const MarkParts = z.record(z.string(), z.string()).meta({
  description: 'A mark without its purpose: add `lifeboat_purpose` for what you make it for.',
});

export const Marks = z.object({
  mark: MarkParts.meta({ description: 'For what belongs to this disk of this point (and to the run, for copies).' }),
  markOfPoint: MarkParts.meta({ description: 'For what belongs to a whole point.' }),
  markOfDisk: MarkParts.meta({ description: 'For what outlives points: what stands for the disk at the target.' }),
});

const Site = z.object({
  name: z.string().meta({ description: 'As in clouds.yaml. Your process has credentials of its own.' }),
});

export const Sites = z.object({
  source: Site.optional().meta({
    description: 'Absent: the primary is lost, or must be taken for lost. Do not touch it.',
  }),
  target: Site,
});

export const SiteFacts = z.object({
  site: z.string(),
  isAdmin: z.boolean(),
  services: z.array(z.string()),
  backup: z.boolean(),
  sharedBackupStore: z.boolean(),
});

export const ErrorBody = z.object({
  kind: z
    .enum(ERROR_KINDS)
    .meta({ description: 'What sort of error; `unavailable` and `timeout` may pass by themselves.' }),
  code: z.string().meta({ description: 'Stable, kebab-case: `array-licence-missing`.' }),
  message: z.string().meta({ description: 'One sentence for an operator: what is wrong and where. No secrets.' }),
  mend: z.string().optional().meta({ description: 'One sentence: how to mend it.' }),
  retry: z.enum(['yes', 'no']).optional(),
  data: z.record(z.string(), z.json()).optional(),
});

export const Capabilities = z.object({
  consistency: z.enum(['crash-per-disk', 'crash-across-group', 'application']),
  carries: z.enum(['bytes', 'application', 'nothing']),
  incremental: z.boolean(),
  unplanned: z.boolean(),
  whyPlanned: z.string().optional(),
  rollback: z.enum(['copies', 'none']),
  reverses: z.literal('copies').optional().meta({
    description: 'Your `reverse` also begins with what a run serves from by a copy. Absent: with what was promoted.',
  }),
  rights: z.enum(['member', 'admin']),
  leavesAtSource: z.array(z.string()),
});

const Quotas = z.record(z.string(), z.number());
export const Needs = z.object({ source: Quotas, target: Quotas });

export const SnapshotTaken = z.object({
  requestedAt: z.iso
    .datetime({ offset: true })
    .meta({ description: 'Of the first call for this point, whatever call this is.' }),
  completedAt: z.iso.datetime({ offset: true }),
  snapshot: z.json().meta({ description: 'What your transfer needs; comes back unchanged.' }),
  instant: z.string().optional(),
  quiesced: z.enum(['file-systems', 'application']).optional(),
});

export const Transferred = z.object({
  replica: z.json().meta({ description: 'What your later verbs need; stored with the point, comes back unchanged.' }),
  bytes: z.number().meta({ description: 'That travelled.' }),
  root: z.string().optional(),
});

export const Materialised = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('volume'), volumeId: z.string() }),
  z.object({ kind: z.literal('image'), imageId: z.string() }),
]);

export const Lag = z.object({
  seconds: z.number().optional(),
  bytes: z.number().optional(),
  healthy: z.boolean(),
  problem: z.string().optional(),
});

export const Promoted = z.object({ forced: z.boolean(), lost: z.string().optional() });

export const Reversed = z.object({ full: z.boolean(), why: z.string().optional() });

export const Verified = z.object({
  equal: z.boolean(),
  root: z.string(),
  bytes: z.number(),
  differs: z
    .array(z.object({ offset: z.number(), length: z.number() }))
    .optional()
    .meta({ description: 'The first few spans that differ, `{ offset, length }` in bytes.' }),
});
