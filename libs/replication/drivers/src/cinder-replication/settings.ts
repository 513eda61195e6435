import { illegalState } from '@lifeboat/kernel';
import type { Disk, SitePair, Support } from '@lifeboat/replication-driver-api';
import { z } from 'zod';
import { missing, no, volumeSupport } from '../openstack/support.ts';

const ReplicatedType = z.strictObject({
  /** The `backend_id` of the target in the primary's `replication_device`; of a group's targets the first, when nothing is said. */
  backendId: z.string().min(1).optional(),
  /** Where the recovery site's Cinder finds the back end that is replicated to: HOST@BACKEND#POOL. */
  recoveryHost: z.string().regex(/^[^@\s]+@[^#\s]+#\S+$/, 'HOST@BACKEND#POOL'),
  /** How the array there names what stands for a volume; `{id}` is the volume's id at the primary. */
  sourceName: z.string().includes('{id}').default('volume-{id}'),
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
