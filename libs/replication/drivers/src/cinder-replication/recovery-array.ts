import type { Json } from '@lifeboat/kernel';
import { done, inProgress } from '@lifeboat/replication-driver-api';
import type { Copy, DriverIo, Lag, Materialised, Outcome, PointOfDisk } from '@lifeboat/replication-driver-api';
import { z } from 'zod';
import { carryOut } from '../actions/action.ts';
import type { Facts } from '../actions/action.ts';
import { answerAs, lagIn } from '../actions/answer.ts';
import { findVolumes, giveUpBroken, removeVolumes } from '../openstack/volumes.ts';
import { adopt } from './adopt.ts';
import { sourceNameOf } from './settings.ts';
import type { RecoveryArray, ReplicatedType } from './settings.ts';

const AGAIN_MS = 2_000;
type Verb = keyof RecoveryArray;

const CopyAnswer = z.object({
  /** How the array names the copy, where it is not as it was told. */
  source_name: z.string().min(1).max(255).optional(),
});

/** A type of which the storage at the recovery site can be asked without the primary. */
export type AskableType = ReplicatedType & { readonly array: RecoveryArray };

const whatOf = ({ disk }: PointOfDisk, verb: Verb): string =>
  `The recovery site's storage, ${verb} of volume "${disk.name}"`;

function ask(type: AskableType, verb: Verb, point: PointOfDisk, io: DriverIo, copy?: Copy): Promise<string> {
  const { disk, groupId, pointId } = point;
  const facts: Facts = {
    verb,
    group: groupId,
    point: pointId,
    disk: disk.id,
    disk_name: disk.name,
    size_gib: String(disk.sizeGiB),
    source_name: sourceNameOf(type, disk),
    recovery_host: type.recoveryHost,
    ...(copy && { run: copy.runId, copy_name: copyName(copy, point) }),
    key: ['lifeboat', verb, disk.id, copy?.runId ?? pointId].join(':'),
  };
  return carryOut(type.array[verb], whatOf(point, verb), facts, io);
}

const copyName = ({ runId }: Copy, { disk }: PointOfDisk): string => `lifeboat-${runId}-${disk.id}`;

export const arrayLag = async (type: AskableType, point: PointOfDisk, io: DriverIo): Promise<Lag> =>
  lagIn(await ask(type, 'lag', point, io), whatOf(point, 'lag'));

/** The storage copies what was replicated, which goes on being replicated, and Cinder adopts that copy. */
export async function copyOfReplica(
  type: AskableType,
  point: PointOfDisk,
  copy: Copy,
  memo: Json | undefined,
  io: DriverIo,
): Promise<Outcome<Materialised>> {
  const [volume] = await findVolumes(io.target, io.mark('copy'));
  if (volume?.status.startsWith('error'))
    return giveUpBroken(io.target, volume, `A copy of volume "${point.disk.name}" cannot be adopted`);
  if (volume?.status === 'managing') return inProgress(memo ?? null, AGAIN_MS);
  if (volume) return done({ kind: 'volume', volumeId: volume.id });
  const said = answerAs(CopyAnswer, await ask(type, 'copy', point, io, copy), whatOf(point, 'copy'));
  await adopt(point, type, { copy, sourceName: said.source_name ?? copyName(copy, point), mark: io.mark('copy') }, io);
  return inProgress(null, AGAIN_MS);
}

/** Cinder removes what it has adopted; what it had not adopted yet the storage removes. */
export async function removeCopy(
  type: AskableType,
  point: PointOfDisk,
  copy: Copy,
  io: DriverIo,
): Promise<Outcome<null>> {
  if (!(await removeVolumes(io.target, await findVolumes(io.target, io.mark('copy')))))
    return inProgress(null, AGAIN_MS);
  await ask(type, 'discard', point, io, copy);
  return done(null);
}
