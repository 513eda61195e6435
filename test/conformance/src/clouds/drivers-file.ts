import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How a worker reaches the volumes of a site of the test bed. */
export type ReachOf = (site: string) => Readonly<Record<string, unknown>>;

/** In its Ceph cluster, past Cinder, by the user that Cinder itself is. */
const past: ReachOf = (site) => ({ kind: 'rbd', conf: `/etc/ceph/${site}.conf`, user: 'cinder', pool: 'volumes' });

/** As Cinder attaches them to the worker's host. */
export const attached: ReachOf = (site) => ({
  kind: 'attachment',
  host: 'worker',
  ip: '127.0.0.1',
  ceph: { conf: `/etc/ceph/${site}.conf`, user: 'cinder' },
});

const mirroredAt = (site: string) => ({
  conf: `/etc/ceph/${site}.conf`,
  user: 'cinder',
  pool: 'volumes',
  cinderHost: `${site}-control@rbd#rbd`,
});

/** A drivers file that knows the clouds of test/clouds. */
export function driversFile(reach: ReachOf = past): string {
  const siteOf = (site: string) => ({ volumes: { '*': reach(site) }, replicaType: 'standard' });
  const folder = mkdtempSync(join(tmpdir(), 'lifeboat-drivers-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const drivers = {
    'block-stream': {
      folder: join(folder, 'trees'),
      sites: { primary: siteOf('primary'), recovery: siteOf('recovery') },
    },
    'rbd-mirror': { sites: { primary: mirroredAt('primary'), recovery: mirroredAt('recovery') } },
  };
  const file = join(folder, 'drivers.yaml');
  writeFileSync(file, JSON.stringify({ drivers }));
  return file;
}
