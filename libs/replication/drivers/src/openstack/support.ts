import type { Disk, SitePair, Support } from '@lifeboat/replication-driver-api';

export const no = (reason: string): Support => ({ ok: false, reason });
export const yes: Support = { ok: true };

/** What no driver that goes through Cinder's API can carry. */
export function volumeSupport(disk: Disk): Support {
  if (disk.kind !== 'volume') return no('it carries Cinder volumes, and this is the root disk of a server');
  if (disk.encrypted) return no('the volume is encrypted: its key would have to stand in the Barbican of the target');
  if (disk.multiattach)
    return no('the volume is multi-attach: a snapshot under several writing servers is not consistent');
  if (/^(error|deleting|creating|managing|unmanaging)/.test(disk.status))
    return no(`the volume is in status "${disk.status}"; mend that first`);
  if (disk.status === 'reserved')
    return no(
      'the volume is reserved, as those of a shelved server are, and Cinder takes neither snapshots nor backups of such: unshelve its server',
    );
  return yes;
}

export const missing = (service: string, { source, target }: SitePair): Support | undefined => {
  const without = [source, target].find(({ services }) => !services.includes(service));
  return without && no(`${without.site} has no ${service} service`);
};

/** Cinder counts by project and by volume type. */
export function volumeQuotas(
  disk: Disk,
  counts: Readonly<Record<'volumes' | 'snapshots' | 'gigabytes', number>>,
): Readonly<Record<string, number>> {
  const named = Object.entries(counts).filter(([, count]) => count > 0);
  return Object.fromEntries(
    named.flatMap(([quota, count]) => [
      [`volume:${quota}`, count] as const,
      ...(disk.volumeType === undefined ? [] : [[`volume:${quota}_${disk.volumeType}`, count] as const]),
    ]),
  );
}

/** Glance counts images and MiB, where it counts at all. */
export const imageQuotas = (disk: Disk): Readonly<Record<string, number>> => ({
  'image:image_count_total': 1,
  'image:image_size_total': disk.sizeGiB * 1024,
});
