import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Site → how Cinder's volumes are reached in the Ceph cluster of that cloud of the test bed, by the user that Cinder itself is. */
const siteOf = (site: string) => ({
  volumes: { '*': { kind: 'rbd', conf: `/etc/ceph/${site}.conf`, user: 'cinder', pool: 'volumes' } },
  replicaType: 'standard',
});

const mirroredAt = (site: string) => ({
  conf: `/etc/ceph/${site}.conf`,
  user: 'cinder',
  pool: 'volumes',
  cinderHost: `${site}-control@rbd#rbd`,
});

/** A drivers file that knows the clouds of test/clouds. */
export function driversFile(): string {
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
