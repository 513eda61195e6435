import { illegalState } from '@lifeboat/kernel';
import type { CephCluster } from '@lifeboat/replication-blocks';
import type { Disk, SitePair, Support } from '@lifeboat/replication-driver-api';
import { z } from 'zod';
import { missing, no, volumeSupport } from '../openstack/support.ts';

const CephSite = z.strictObject({
  /** Ceph's configuration file on the worker's host, `/etc/ceph/primary.conf`. */
  conf: z.string().min(1),
  /** Without `client.`. */
  user: z.string().min(1),
  keyring: z.string().min(1).optional(),
  pool: z.string().min(1),
  /** As `cinder get-pools` names it: volumes that are adopted here belong to it. */
  cinderHost: z.string().regex(/^[^@\s]+@[^#\s]+#\S+$/, 'HOST@BACKEND#POOL'),
  /** Volume types whose volumes lie in the pool; without it: all. */
  volumeTypes: z.array(z.string()).optional(),
});

export const RbdMirrorSettings = z.strictObject({
  /** By the name that clouds.yaml gives the site. */
  sites: z.record(z.string(), CephSite),
});
export type RbdMirrorSettings = z.infer<typeof RbdMirrorSettings>;

/** The pool at a site in which Cinder's volumes lie and between which rbd-mirror mirrors. */
export interface CephPool {
  readonly site: string;
  readonly cluster: CephCluster;
  readonly pool: string;
  readonly cinderHost: string;
}

export function poolOf(settings: RbdMirrorSettings | undefined, site: string): CephPool {
  const found = settings?.sites[site];
  if (!found)
    throw illegalState('rbd-mirror-site-unknown', `Driver rbd-mirror is not told how to reach the Ceph of ${site}.`, {
      mend: `Set drivers.rbd-mirror.sites.${site} in the file that LIFEBOAT_DRIVERS_FILE names, on every worker.`,
    });
  const { conf, user, keyring, pool, cinderHost } = found;
  return { site, cluster: { conf, user, ...(keyring !== undefined && { keyring }) }, pool, cinderHost };
}

export function supportOf(settings: RbdMirrorSettings | undefined, disk: Disk, sites: SitePair): Support {
  const carried = volumeSupport(disk);
  if (!carried.ok) return carried;
  if (!settings) return no('it has no settings: which Ceph clusters mirror each other has to be said');
  const untold = [sites.source, sites.target].find(({ site }) => settings.sites[site] === undefined);
  if (untold) return no(`its settings do not say how to reach the Ceph of ${untold.site}`);
  const types = settings.sites[sites.source.site]?.volumeTypes;
  if (types && (disk.volumeType === undefined || !types.includes(disk.volumeType)))
    return no(`volumes of type "${disk.volumeType ?? ''}" do not lie in the mirrored pool of ${sites.source.site}`);
  if (!sites.target.isAdmin)
    return no(`the credentials of ${sites.target.site} are not an administrator's, who alone may manage volumes`);
  return missing('volume', sites) ?? carried;
}
