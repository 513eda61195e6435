import type { Json } from '@lifeboat/kernel';
import type { Copy, PointOfDisk, Recipe } from '@lifeboat/replication-driver-api';
import { asReplica } from './replica.ts';
import type { RbdMirrorSettings } from './settings.ts';

/** As `copyPoint`, for a person at the storage of the target: which of the sites that is, the settings do not say, so each is named. */
export function adoptByHand(
  settings: RbdMirrorSettings | undefined,
  { disk }: PointOfDisk,
  replica: Json,
  copy: Copy,
): Recipe {
  const { image, snapshot } = asReplica(replica);
  const clone = `recovered-${disk.id}`;
  const type = copy.volumeType === undefined ? '' : ` --volume-type ${copy.volumeType}`;
  const bootable = disk.bootable ? ' --bootable' : '';
  const places = Object.entries(settings?.sites ?? {}).map(
    ([site, { pool, cinderHost }]) => `${site}: pool ${pool}, host ${cinderHost}`,
  );
  return {
    calls: [],
    gives: 'by hand',
    byHand: [
      `At the Ceph of the recovery site (${places.join('; ')}): "rbd clone --rbd-default-clone-format 2 POOL/${image}@${snapshot} POOL/${clone}". The mirrored image need not be demoted or promoted for that.`,
      `Let Cinder adopt the clone: "cinder manage --id-type source-name${type}${bootable} --name '${copy.name}' HOST ${clone}". The id that it answers is the one to give.`,
    ],
  };
}
