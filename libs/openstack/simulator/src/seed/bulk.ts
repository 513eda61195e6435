import { randomBytes } from 'node:crypto';
import type { Cloud } from '../cloud.ts';
import type { Flavor, Keypair, Server, VolumeDevice } from '../compute/compute-state.ts';
import { addRule, makeGroup } from '../network/default-group.ts';
import { makeNetwork } from '../network/network-routes.ts';
import type { Network, Port, SecurityGroup, Subnet } from '../network/network-state.ts';
import { newResource } from '../network/resource.ts';
import { makeSubnet } from '../network/subnet-routes.ts';
import { uuid } from '../state/identifiers.ts';
import type { Volume } from '../volume/volume-state.ts';

const SERVERS_PER_NETWORK = 500;
const GROUPS = 10;
const ZONE = 'nova';

interface Tenant {
  readonly projectId: string;
  readonly userId: string;
}

interface Ground {
  readonly tenant: Tenant;
  readonly nets: readonly { readonly network: Network; readonly subnet: Subnet }[];
  readonly groups: readonly SecurityGroup[];
  readonly flavor: Flavor;
  readonly keypair: Keypair;
  readonly imageId: string;
  readonly typeId: string;
}

interface Plan extends Ground {
  readonly build: Build;
}

/** What each server of a bulk has: any of both, or one port and nothing to carry. */
type Build = 'mixed' | 'stateless';

/**
 * Many servers for the project `demo`, put there as if they had run for long. `mixed`: each with two ports, every other one started from a volume and with a
 * second one, the others from the image and with one volume. `stateless`: each with one port, started from the image. Metadata only: there are no bytes behind
 * these disks, and no quota is asked. Once a cloud.
 */
export function seedBulk(cloud: Cloud, servers: number, build: Build = 'mixed'): void {
  const ground = { ...prepare(cloud, servers), build };
  for (let number = 0; number < servers; number += 1) seedServer(cloud, ground, number, Date.now() - servers + number);
}

function tenantOf(cloud: Cloud): Tenant {
  const project = cloud.identity.projects.find(({ name }) => name === 'demo');
  const user = cloud.identity.users.find(({ name }) => name === 'demo');
  if (!project || !user) throw new Error('a bulk of servers needs the project demo');
  return { projectId: project.id, userId: user.id };
}

function prepare(cloud: Cloud, servers: number): Ground {
  const tenant = tenantOf(cloud);
  const { projectId, userId } = tenant;
  const nets = Array.from({ length: Math.ceil(servers / SERVERS_PER_NETWORK) }, (_, at) => {
    const network = makeNetwork(cloud, projectId, { name: `net-${at}` });
    const body = { name: `subnet-${at}`, cidr: `10.${at}.0.0/16`, ip_version: 4 };
    return { network, subnet: makeSubnet(cloud, network, projectId, body) };
  });
  const groups = Array.from({ length: GROUPS }, (_, at) => {
    const group = makeGroup(cloud, projectId, `tier-${at}`, `Servers of tier ${at}`);
    addRule(cloud, group, {
      direction: 'ingress',
      ethertype: 'IPv4',
      protocol: 'tcp',
      portMin: 80 + at,
      portMax: 80 + at,
    });
    return group;
  });
  const keypair = cloud.compute.keypairs.add({
    id: `${userId}/fleet`,
    born: Date.now(),
    name: 'fleet',
    userId,
    publicKey: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIG5vdCBhIHJlYWwga2V5IGJ1dCBvZiBpdHMgbGVuZ3Ro fleet',
    fingerprint: '3f:1c:77:5e:70:ae:10:0c:61:f9:3d:b6:5c:2e:9a:d4',
    type: 'ssh',
  });
  const flavor = cloud.compute.flavors.find(({ disk }) => disk > 0);
  const image = cloud.image.images.find(({ name }) => name === 'guest');
  const type = cloud.volume.types.find(({ name }) => name === cloud.volume.defaultTypeName);
  if (!flavor || !image || !type)
    throw new Error('a bulk of servers needs the ready-made flavors, image and volume types');
  return { tenant, nets, groups, flavor, keypair, imageId: image.id, typeId: type.id };
}

function seedServer(cloud: Cloud, ground: Plan, number: number, born: number): void {
  const id = uuid();
  const stateless = ground.build === 'stateless';
  const fromVolume = !stateless && number % 2 === 0;
  const nics = (stateless ? [0] : [0, 1]).map((nic) => seedPort(cloud, ground, id, number, nic));
  const disks = (stateless ? [] : fromVolume ? ['root', 'data'] : ['data']).map((what, at) =>
    seedVolume(cloud, ground, { serverId: id, name: `srv-${number}-${what}`, at: at + (fromVolume ? 0 : 1), born }),
  );
  const { projectId, userId } = ground.tenant;
  const server: Server = {
    id,
    born,
    updated: born,
    launchedAt: born,
    projectId,
    userId,
    name: `srv-${number}`,
    description: null,
    status: 'ACTIVE',
    taskState: null,
    vmState: 'active',
    powerState: 1,
    metadata: { tier: `tier-${number % GROUPS}`, owner: 'fleet' },
    imageId: fromVolume ? '' : ground.imageId,
    flavor: { ...ground.flavor, extraSpecs: { ...ground.flavor.extraSpecs } },
    keyName: ground.keypair.name,
    userData: null,
    configDrive: false,
    zone: ZONE,
    hostname: `srv-${number}`,
    requestedGroups: [],
    number: cloud.compute.nextNumber(),
    reservationId: `r-${randomBytes(4).toString('hex')}`,
    tags: [`rack-${number % 1000}`],
    locked: false,
    lockedReason: null,
    fault: undefined,
    volumes: disks,
    nics: nics.map((port) => ({ portId: port.id, tag: null, own: false })),
    actions: [],
    console: [],
  };
  cloud.compute.servers.add(server);
}

function seedPort(cloud: Cloud, ground: Ground, serverId: string, number: number, nic: number): Port {
  const place = number % SERVERS_PER_NETWORK;
  const net = ground.nets[Math.floor(number / SERVERS_PER_NETWORK)];
  const group = ground.groups[number % GROUPS];
  if (!net || !group) throw new Error('no network for a server of the bulk');
  const host = 10 + place * 2 + nic;
  const serial = (number * 2 + nic).toString(16).padStart(6, '0');
  return cloud.network.ports.add({
    ...newResource(ground.tenant.projectId),
    revision: 3,
    name: `srv-${number}-${nic}`,
    networkId: net.network.id,
    mac: `fa:16:3e:${serial.slice(0, 2)}:${serial.slice(2, 4)}:${serial.slice(4)}`,
    adminStateUp: true,
    status: 'ACTIVE',
    deviceId: serverId,
    deviceOwner: `compute:${ZONE}`,
    fixedIps: [
      { subnet_id: net.subnet.id, ip_address: `${net.subnet.cidr.split('.', 2).join('.')}.${host >> 8}.${host & 255}` },
    ],
    addressPairs: [],
    dhcpOptions: [],
    securityGroups: [group.id],
    portSecurity: true,
    vnicType: 'normal',
    profile: {},
    host: `${cloud.settings.name}-compute`,
    qosPolicyId: null,
  });
}

interface DiskWish {
  readonly serverId: string;
  readonly name: string;
  /** Which of the server's disks. */
  readonly at: number;
  readonly born: number;
}

function seedVolume(cloud: Cloud, { tenant, imageId, typeId }: Ground, wish: DiskWish): VolumeDevice {
  const [attachmentId, device] = [uuid(), `/dev/vd${'abc'.charAt(wish.at)}`];
  const isRoot = wish.at === 0;
  const volume: Volume = {
    id: uuid(),
    born: wish.born,
    updated: wish.born,
    projectId: tenant.projectId,
    userId: tenant.userId,
    name: wish.name,
    description: '',
    status: 'in-use',
    previousStatus: undefined,
    size: 10,
    zone: ZONE,
    typeId,
    snapshotId: null,
    sourceVolumeId: null,
    metadata: {},
    bootable: isRoot,
    multiattach: false,
    imageMetadata: isRoot
      ? { image_id: imageId, image_name: 'guest', container_format: 'bare', disk_format: 'raw' }
      : undefined,
    attachments: [{ id: attachmentId, serverId: wish.serverId, device, mode: 'rw', at: wish.born, status: 'attached' }],
    groupId: null,
    clonedImageId: undefined,
    fault: undefined,
  };
  cloud.volume.volumes.add(volume);
  return {
    volumeId: volume.id,
    attachmentId,
    bdmId: uuid(),
    device,
    bootIndex: isRoot ? 0 : -1,
    deleteOnTermination: false,
    tag: null,
  };
}
