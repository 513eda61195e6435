import type { Disk, Mappings } from '@lifeboat/contracts';
import { invalidInput } from '@lifeboat/kernel';
import type { Cloud } from '@lifeboat/openstack-client';
import type { Copy } from '@lifeboat/replication-driver-api';

/** The names that a target offers. */
export interface Offered {
  readonly volumeTypes: ReadonlySet<string>;
  readonly availabilityZones: ReadonlySet<string>;
}

export async function readOffered(target: Cloud): Promise<Offered> {
  const types = await target.volume.get<{ volume_types: readonly { name: string }[] }>('/types');
  const zones = await target.volume.get<{
    availabilityZoneInfo: readonly { zoneName: string; zoneState: { available: boolean } }[];
  }>('/os-availability-zone');
  return {
    volumeTypes: new Set(types.volume_types.map(({ name }) => name)),
    availabilityZones: new Set(
      zones.availabilityZoneInfo.filter(({ zoneState }) => zoneState.available).map(({ zoneName }) => zoneName),
    ),
  };
}

/**
 * Pure: where and as what a disk's copy is to stand. A type must be there, or be mapped to one that is; a zone that the target does not know and nobody
 * mapped is left to the target's default.
 */
export function placeCopy(runId: string, disk: Disk, mappings: Mappings, offered: Offered): Copy {
  const volumeType =
    disk.volumeType === undefined ? undefined : (mappings.volumeType?.[disk.volumeType] ?? disk.volumeType);
  if (volumeType !== undefined && !offered.volumeTypes.has(volumeType))
    throw invalidInput(
      'volume-type-missing',
      `The target has no volume type "${volumeType}" for volume "${disk.name || disk.id}".`,
      {
        mend: `Map "${disk.volumeType}" to one of: ${[...offered.volumeTypes].join(', ')}.`,
      },
    );
  const mapped = disk.availabilityZone === undefined ? undefined : mappings.availabilityZone?.[disk.availabilityZone];
  if (mapped !== undefined && !offered.availabilityZones.has(mapped))
    throw invalidInput('availability-zone-missing', `The target has no availability zone "${mapped}" for volumes.`, {
      mend: `Map "${disk.availabilityZone}" to one of: ${[...offered.availabilityZones].join(', ')}.`,
    });
  const zone =
    mapped ??
    (disk.availabilityZone !== undefined && offered.availabilityZones.has(disk.availabilityZone)
      ? disk.availabilityZone
      : undefined);
  return {
    runId,
    name: disk.name || disk.id,
    ...(volumeType !== undefined && { volumeType }),
    ...(zone !== undefined && { availabilityZone: zone }),
  };
}
