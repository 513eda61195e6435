import type { Json } from '@lifeboat/kernel';
import type { Disk } from '@lifeboat/replication-driver-api';
import { z } from 'zod';
import { readBackup, exportRecord } from '../openstack/backups.ts';
import type { BackupRecord } from '../openstack/backups.ts';
import { storedAs } from '../openstack/stored.ts';
import type { Cloud } from '@lifeboat/openstack-client';

/** A point's backup, and those it builds on, the full one first. Both clouds know each under the same id. */
export interface BackupReplica {
  readonly backupId: string;
  readonly chain: readonly string[];
}

/** A restore reads the whole chain, and one lost link loses all after it: so every so many points a full backup begins a new one. */
export const LONGEST_CHAIN = 14;

const Stored: z.ZodType<BackupReplica> = z.object({ backupId: z.string().min(1), chain: z.array(z.string().min(1)) });

export const asReplica = storedAs('cinder-backup', Stored);
/** What a point builds on. What cannot be read is not built on. */
const known = (base: Json | undefined): BackupReplica | undefined => Stored.safeParse(base).data;
export const asJson = ({ backupId, chain }: BackupReplica): Json => ({ backupId, chain: [...chain] });

/** Whether the next backup may be built on the base's. Of a volume that grew since Cinder makes none but a full one. */
export async function mayBuildOn(base: Json | undefined, { sizeGiB }: Disk, source: Cloud): Promise<boolean> {
  const before = known(base);
  if (!before || before.chain.length + 1 >= LONGEST_CHAIN) return false;
  const parent = await readBackup(source, before.backupId);
  return parent?.status === 'available' && parent.size >= sizeGiB;
}

/**
 * What a new backup builds on. Cinder chooses the parent by itself: the newest backup of the volume, which may be of a point that failed, or the tenant's
 * own. `undefined` when the target does not know it: then this backup is of no use there.
 */
export async function ancestorsOf(
  { parentId }: BackupRecord,
  base: Json | undefined,
  source: Cloud,
  target: Cloud,
): Promise<readonly string[] | undefined> {
  if (parentId === undefined) return [];
  if ((await readBackup(target, parentId))?.status !== 'available') return undefined;
  const before = known(base);
  if (before?.backupId === parentId) return [...before.chain, parentId];
  const ancestors = [parentId];
  for (
    let id = (await exportRecord(source, parentId)).parentId;
    id !== undefined && ancestors.length < LONGEST_CHAIN;
    id = (await exportRecord(source, id)).parentId
  )
    ancestors.unshift(id);
  return ancestors;
}
