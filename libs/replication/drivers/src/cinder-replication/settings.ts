import { illegalState } from '@lifeboat/kernel';
import type { Disk, SitePair, Support } from '@lifeboat/replication-driver-api';
import { z } from 'zod';
import { Action } from '../actions/action.ts';
import { missing, no, volumeSupport } from '../openstack/support.ts';

/** What a vendor's program or webhook does at the recovery site's storage. Each may be asked again with the same key, after any crash. */
const RecoveryArray = z.strictObject({
  /** Answers `{ "seconds": N }`: how far what stands there is behind; `healthy: false` and `problem` where it does not go on by itself. */
  lag: Action,
  /** Makes a writable copy of what was replicated, named `copy_name`, or finds the one that it has made, and lets replication go on; may answer `{ "source_name": … }`. */
  copy: Action,
  /** Removes the copy named `copy_name`; there may be none. */
  discard: Action,
});
export type RecoveryArray = z.infer<typeof RecoveryArray>;

const ReplicatedType = z.strictObject({
  /** The `backend_id` of the target in the primary's `replication_device`; of a group's targets the first, when nothing is said. */
  backendId: z.string().min(1).optional(),
  /** Where the recovery site's Cinder finds the back end that is replicated to: HOST@BACKEND#POOL. */
  recoveryHost: z.string().regex(/^[^@\s]+@[^#\s]+#\S+$/, 'HOST@BACKEND#POOL'),
  /** How the array there names what stands for a volume; `{id}` is the volume's id at the primary. */
  sourceName: z.string().includes('{id}').default('volume-{id}'),
  array: RecoveryArray.optional(),
});
export type ReplicatedType = z.infer<typeof ReplicatedType>;

export const CinderReplicationSettings = z.strictObject({
  /** By site, then by volume type: those with the extra spec replication_enabled='<is> True'. */
  sites: z.record(z.string(), z.strictObject({ volumeTypes: z.record(z.string(), ReplicatedType) })),
});
export type CinderReplicationSettings = z.infer<typeof CinderReplicationSettings>;

export function supportOf(settings: CinderReplicationSettings | undefined, disk: Disk, sites: SitePair): Support {
  if (disk.encrypted)
    return no(
      'the volume is encrypted: its key is in the Barbican of the primary. Encrypt within the guest, or carry the data by the application',
    );
  const carried = volumeSupport(disk);
  if (!carried.ok) return carried;
  if (!settings) return no('it has no settings: which volume types the storage replicates has to be said');
  if (!typeOf(settings, disk, sites.source.site))
    return no(`volume type "${disk.volumeType ?? ''}" of ${sites.source.site} is not set up as replication-enabled`);
  const member = [sites.source, sites.target].find(({ isAdmin }) => !isAdmin);
  if (member)
    return no(`the credentials of ${member.site} are not an administrator's, who alone may fail over and manage`);
  return missing('volume', sites) ?? carried;
}

export const typeOf = (
  settings: CinderReplicationSettings | undefined,
  disk: Disk,
  site: string,
): ReplicatedType | undefined =>
  disk.volumeType === undefined ? undefined : settings?.sites[site]?.volumeTypes[disk.volumeType];

export function assertTypeOf(
  settings: CinderReplicationSettings | undefined,
  disk: Disk,
  site: string,
): ReplicatedType {
  const type = typeOf(settings, disk, site);
  if (type) return type;
  throw illegalState(
    'volume-type-not-replicated',
    `Driver cinder-replication is not told how volumes of type "${disk.volumeType ?? ''}" of ${site} are replicated.`,
    { mend: `Set drivers.cinder-replication.sites.${site}.volumeTypes in the file that LIFEBOAT_DRIVERS_FILE names.` },
  );
}

export const sourceNameOf = ({ sourceName }: ReplicatedType, { id }: Disk): string => sourceName.replace('{id}', id);

/** Whether the storage at the recovery site can be asked about all that is carried: then nothing hangs on the primary. */
export const allAskable = (settings: CinderReplicationSettings | undefined): boolean => {
  const types = Object.values(settings?.sites ?? {}).flatMap(({ volumeTypes }) => Object.values(volumeTypes));
  return types.length > 0 && types.every(({ array }) => array !== undefined);
};
