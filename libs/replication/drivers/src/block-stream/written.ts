import type { Cloud } from '@lifeboat/openstack-client';
import type { PointOfDisk } from '@lifeboat/replication-driver-api';
import { noteOn } from '../openstack/volumes.ts';
import type { Volume } from '../openstack/volumes.ts';
import { factsAsMetadata, factsOf } from './point-snapshot.ts';
import type { PointFacts } from './point-snapshot.ts';

/** Which transfer an attached replica was written by. Between the last byte and the snapshot it is detached: only the volume itself can say so long what it holds. */
const WRITTEN_FOR = 'lifeboat_written_for';

/** Equal for all tries to carry one point. */
export const transferOf = ({ pointId, thorough }: PointOfDisk): string => `${pointId}${thorough ? '.thorough' : ''}`;

/** All bytes of the transfer are in place, and this is what they are. */
export function writtenBy(volume: Volume, transfer: string): PointFacts | undefined {
  const facts = factsOf(volume);
  return volume.metadata[WRITTEN_FOR] === transfer && facts?.root ? facts : undefined;
}

export const isWrittenFor = ({ metadata }: Volume, { pointId }: PointOfDisk): boolean =>
  [pointId, `${pointId}.thorough`].includes(metadata[WRITTEN_FOR] ?? '');

/** Before the first byte: what the volume was said to hold is not so any more. `true` when it is said. */
export async function beginWriting(volume: Volume, transfer: string, cloud: Cloud): Promise<boolean> {
  if (volume.metadata[WRITTEN_FOR] === transfer) return true;
  const nothing = factsAsMetadata({ root: '', bytes: 0, keyId: '' });
  await noteOn(cloud, volume, { [WRITTEN_FOR]: transfer, ...nothing });
  return false;
}

export const noteWritten = (volume: Pick<Volume, 'id'>, transfer: string, facts: PointFacts, cloud: Cloud) =>
  noteOn(cloud, volume, { [WRITTEN_FOR]: transfer, ...factsAsMetadata(facts) });
