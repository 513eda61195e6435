import type { Cloud } from '../cloud.ts';
import type { Caller } from '../http/call.ts';
import { notFound } from '../http/refusal.ts';
import type { VolumeType } from './volume-state.ts';

export const mayUseType = (type: VolumeType, who: Pick<Caller, 'isAdmin' | 'projectId'>): boolean =>
  who.isAdmin || type.isPublic || type.access.has(who.projectId);

/** A type by name or id; the default one without either. */
export function typeNamed(
  cloud: Cloud,
  who: Pick<Caller, 'isAdmin' | 'projectId'>,
  nameOrId: string | undefined,
): VolumeType {
  const wanted = nameOrId ?? cloud.volume.defaultTypeName;
  const type = cloud.volume.types.get(wanted) ?? cloud.volume.types.find((one) => one.name === wanted);
  if (type === undefined || !mayUseType(type, who))
    throw notFound(`Volume type with name ${wanted} could not be found.`);
  return type;
}
