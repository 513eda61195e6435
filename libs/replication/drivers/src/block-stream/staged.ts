import type { Cloud } from '@lifeboat/openstack-client';
import type { Mark } from '@lifeboat/replication-driver-api';
import { createVolume, findVolumes, giveUpBroken, removeVolumes } from '../openstack/volumes.ts';
import type { Volume } from '../openstack/volumes.ts';
import { hold, letGo, READER } from './attach.ts';
import type { Attached, Reader } from './attach.ts';

/** Purposes of the volumes that stand in for what cannot be attached: while a point is sent, and while one is verified. */
export const STAGING = 'staging';
export const VERIFYING = 'verifying';
/** Of what such a volume is made. */
export const MADE_OF = 'lifeboat_made_of';

export interface ToStage {
  readonly mark: Mark;
  /** The part of the create body that says of what. */
  readonly origin: { readonly snapshot_id: string } | { readonly source_volid: string };
  readonly reader: Reader;
  /** As the memo has it. */
  readonly stagedId: string | undefined;
}

export interface Staged {
  readonly stagedId: string;
  /** When it can be opened. */
  readonly attached?: Attached;
}

/** One step towards a temporary volume in the reader's hands. Found by its mark before it is made. */
export async function stage({ mark, origin, reader, stagedId }: ToStage, cloud: Cloud): Promise<Staged> {
  const [volume, ...doubles] = await findVolumes(cloud, mark, stagedId);
  if (!volume) {
    const metadata = { ...mark, [READER]: reader.name };
    return { stagedId: await createVolume(cloud, { name: 'lifeboat, to be read', ...origin, metadata }) };
  }
  const staged = { stagedId: volume.id };
  if (volume.status.startsWith('error') && (await letGo(volume, cloud)))
    return giveUpBroken(cloud, volume, 'A volume to read a snapshot by cannot be made');
  if (/^(creating|downloading|deleting)/.test(volume.status) || !(await dropVolumes(doubles, cloud))) return staged;
  const attached = await hold(reader, volume, cloud);
  return { ...staged, ...(attached && { attached }) };
}

/** Detaches and removes what bears the mark. `true` when nothing is left. */
export const dropStaged = async (mark: Mark, cloud: Cloud, stagedId?: string): Promise<boolean> =>
  dropVolumes(await findVolumes(cloud, mark, stagedId), cloud);

async function dropVolumes(volumes: readonly Volume[], cloud: Cloud): Promise<boolean> {
  for (const volume of volumes) if (await letGo(volume, cloud)) await removeVolumes(cloud, [volume]);
  return volumes.length === 0;
}
