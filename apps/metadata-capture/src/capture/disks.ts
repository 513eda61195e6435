import type { Disk, ImageRef } from '@lifeboat/contracts';
import type { Entity, Ref, Topology } from '@lifeboat/openstack-entity-api';

/** What has to be replicated of a captured topology. Pure. */
export function disksOf(topology: Topology, serverRoot: 'snapshot' | 'image'): Disk[] {
  const volumes = topology.of('volume').map((volume): Disk => ({
    kind: 'volume',
    id: volume.id,
    name: volume.name,
    sizeGiB: Number(volume.spec['size'] ?? 0),
    bootable: volume.spec['bootable'] === true,
    encrypted: volume.observed['encrypted'] === true,
    multiattach: volume.spec['multiattach'] === true,
    status: String(volume.observed['status'] ?? ''),
    ...(typeof volume.spec['volume_type'] === 'string' && { volumeType: volume.spec['volume_type'] }),
    ...(typeof volume.observed['availability_zone'] === 'string' && {
      availabilityZone: volume.observed['availability_zone'],
    }),
    ...wishesOf(volume),
  }));
  return [
    ...volumes,
    ...(serverRoot === 'snapshot'
      ? topology
          .of('server')
          .filter(bootsFromImage)
          .map((server) => rootDisk(server, topology))
      : []),
  ];
}

/** What rules of policies, and drivers, may go by. */
function wishesOf(entity: Entity): Pick<Disk, 'metadata'> {
  const metadata = entity.spec['metadata'] as Record<string, string> | undefined;
  return metadata && Object.keys(metadata).length > 0 ? { metadata } : {};
}

const bootsFromImage = (server: Entity): boolean => server.spec['boots_from'] === 'image';

function rootDisk(server: Entity, topology: Topology): Disk {
  const flavor = server.refs['flavor'] as Ref | undefined;
  const size = flavor && topology.get(flavor)?.spec['disk'];
  return {
    kind: 'server-root',
    id: server.id,
    name: server.name,
    sizeGiB: Number(size ?? 0),
    bootable: true,
    encrypted: false,
    multiattach: false,
    status: String(server.observed['status'] ?? ''),
    ...wishesOf(server),
  };
}

/** The servers whose start needs an image that is not there any more. Pure. */
export const withoutImage = (topology: Topology, serverRoot: 'snapshot' | 'image'): readonly Entity[] =>
  serverRoot === 'snapshot'
    ? []
    : topology
        .of('server')
        .filter(bootsFromImage)
        .filter((server) => !topology.get(server.refs['image'] as Ref));

/** Images that servers boot from. */
export const imagesOf = (topology: Topology): ImageRef[] =>
  topology.of('image').map((image) => ({
    id: image.id,
    name: image.name,
    sizeBytes: Number(image.observed['size'] ?? 0),
    ...(typeof image.spec['os_hash_value'] === 'string' && { hash: image.spec['os_hash_value'] }),
    ...(typeof image.spec['os_hash_algo'] === 'string' && { hashAlgo: image.spec['os_hash_algo'] }),
  }));
