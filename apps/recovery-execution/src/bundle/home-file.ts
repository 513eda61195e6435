import { BundleHome } from '@lifeboat/contracts';
import type { DiskReplica, Home, HomePoint } from '@lifeboat/contracts';
import { openSecret, sealSecret } from '@lifeboat/kernel';
import type { Entity } from '@lifeboat/openstack-entity-api';

export const HOME_FILE = 'adopt.json';

/** A point with all that is to be known of it, entities as they were captured. */
export type WholePoint = HomePoint & {
  readonly images: BundleHome['points'][number]['images'];
  readonly disks: readonly DiskReplica[];
  readonly entities: readonly Entity[];
};

/** What drivers keep of replicas is for our services alone; what is secret in entities is sealed already. Pure, but for the seals. */
export function homeFile(home: Home, points: readonly WholePoint[], key: string): BundleHome {
  const places = new Map<string, number>();
  const entities: BundleHome['entities'] = [];
  const placeOf = (entity: Entity): number => {
    const text = JSON.stringify(entity);
    const known = places.get(text);
    if (known !== undefined) return known;
    places.set(text, entities.length);
    return entities.push(...BundleHome.shape.entities.parse([JSON.parse(text)])) - 1;
  };
  return {
    format: 1,
    ...home,
    points: points.map((point) => ({
      ...point,
      disks: point.disks.map((disk) => ({ ...disk, replica: sealSecret(JSON.stringify(disk.replica), key) })),
      entities: point.entities.map(placeOf),
    })),
    entities,
  };
}

/** Throws `forbidden` `secret-not-readable`: the instance that wrote it had another key. */
export const openedDisks = (disks: BundleHome['points'][number]['disks'], key: string): DiskReplica[] =>
  disks.map((disk) => ({ ...disk, replica: JSON.parse(openSecret(disk.replica, key)) as DiskReplica['replica'] }));

/** All that is sealed in what was captured. Pure. */
export function sealedIn(value: unknown): readonly { readonly $sealed: string; readonly digest: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('$sealed' in value) return [value as { readonly $sealed: string; readonly digest: string }];
  return Object.values(value).flatMap(sealedIn);
}
