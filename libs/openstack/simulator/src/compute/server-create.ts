import { randomBytes } from 'node:crypto';
import type { Cloud } from '../cloud.ts';
import type { Call } from '../http/call.ts';
import { flagOf, textMapOf, textOf, textsOf } from '../http/fields.ts';
import { badRequest, Refusal } from '../http/refusal.ts';
import { uuid } from '../state/identifiers.ts';
import { reserveServer } from './compute-quota.ts';
import type { Server } from './compute-state.ts';
import { groupIds, plug, resolveNics } from './server-nics.ts';
import { readServerRequest, type DeviceWish, type NicWish, type ServerRequest } from './server-request.ts';
import { claim, finishAttachments, provide } from './server-volumes.ts';

function checkImageFits(cloud: Cloud, request: ServerRequest): void {
  const { image, flavor } = request;
  const root = request.devices.find((one) => one.bootIndex === 0);
  if (image === undefined) return;
  if (image.minRam > flavor.ram) throw badRequest("Flavor's memory is too small for requested image.");
  if (root?.destination !== 'local' || flavor.disk === 0) return;
  const gib = 1024 ** 3;
  if ((image.size ?? 0) > flavor.disk * cloud.settings.gibBytes)
    throw badRequest(
      `Flavor's disk is too small for requested image. Flavor disk is ${flavor.disk * gib} bytes, image is ${image.size} bytes.`,
    );
  if (image.minDisk > flavor.disk)
    throw badRequest(
      `Flavor's disk is smaller than the minimum size specified in image metadata. Flavor disk is ${flavor.disk * gib} bytes, minimum size is ${image.minDisk * gib} bytes.`,
    );
}

/** A server without a Cinder root shows its image; one booted from a volume shows none. */
const shownImage = (request: ServerRequest): string => {
  const root = request.devices.find((one) => one.bootIndex === 0);
  return root?.destination === 'local' ? (root.id ?? '') : '';
};

/** As Nova makes one of a name: letters that Latin-1 knows, 63 characters; of a name without any, the id. */
const hostnameOf = (name: string, id: string): string =>
  Array.from(name)
    .filter((letter) => (letter.codePointAt(0) ?? 0) < 256)
    .join('')
    .replaceAll(/[\s_.]+/g, '-')
    .replaceAll(/[^\p{L}\p{N}-]+/gu, '')
    .toLowerCase()
    .slice(0, 63)
    .replaceAll(/^-+|-+$/g, '') || `Server-${id}`;

function describe(cloud: Cloud, call: Call, request: ServerRequest): Server {
  const { body } = request;
  const now = Date.now();
  const id = uuid();
  return {
    id,
    born: now,
    updated: now,
    launchedAt: null,
    projectId: call.who.projectId,
    userId: call.who.userId,
    name: request.name,
    description: call.minor >= 19 ? (textOf(body, 'description') ?? null) : request.name,
    status: 'BUILD',
    taskState: 'scheduling',
    vmState: 'building',
    powerState: 0,
    metadata: textMapOf(body, 'metadata'),
    imageId: shownImage(request),
    flavor: { ...request.flavor, extraSpecs: { ...request.flavor.extraSpecs } },
    keyName: textOf(body, 'key_name') ?? null,
    userData: textOf(body, 'user_data') ?? null,
    configDrive: flagOf(body, 'config_drive') ?? false,
    zone: 'nova',
    hostname: textOf(body, 'hostname') ?? hostnameOf(request.name, id),
    requestedGroups: request.groupNames,
    number: cloud.compute.nextNumber(),
    reservationId: `r-${randomBytes(4).toString('hex')}`,
    tags: textsOf(body, 'tags') ?? [],
    locked: false,
    lockedReason: null,
    fault: undefined,
    volumes: [],
    nics: [],
    actions: [{ action: 'create', requestId: call.requestId, userId: call.who.userId, at: now }],
    console: [],
  };
}

/** Volumes that exist are claimed before the answer; a failure gives back those already claimed. */
function claimAll(cloud: Cloud, call: Call, server: Server, devices: readonly DeviceWish[]): void {
  const held: { volumeId: string; attachmentId: string; before: string }[] = [];
  try {
    for (const wish of devices.filter((one) => one.source === 'volume')) {
      const before = cloud.volume.volumes.get(wish.id)?.status ?? '';
      const device = claim(cloud, call, server, wish);
      held.push({ volumeId: device.volumeId, attachmentId: device.attachmentId, before });
      server.volumes.push(device);
    }
  } catch (error) {
    for (const one of held) {
      const volume = cloud.volume.volumes.get(one.volumeId);
      if (volume !== undefined)
        Object.assign(volume, {
          status: one.before,
          attachments: volume.attachments.filter((other) => other.id !== one.attachmentId),
        });
    }
    throw error;
  }
}

async function makeRoot(cloud: Cloud, server: Server): Promise<void> {
  const image = cloud.disks.get('image', server.imageId);
  if (server.imageId === '' || image === undefined) return;
  const size =
    server.flavor.disk === 0 ? image.size : Math.max(image.size, server.flavor.disk * cloud.settings.gibBytes);
  await cloud.disks.copy(image, 'root', server.id, size);
}

async function build(
  cloud: Cloud,
  call: Call,
  server: Server,
  request: ServerRequest,
  nics: readonly NicWish[],
): Promise<void> {
  server.taskState = 'spawning';
  const groups = groupIds(cloud, server.projectId, request.groupNames);
  for (const wish of nics) server.nics.push(plug(cloud, server, wish, groups));
  for (const wish of request.devices) {
    if (wish.source !== 'volume' && wish.destination === 'volume')
      server.volumes.push(await provide(cloud, call, server, wish));
  }
  server.volumes.sort((one, two) => Number(two.bootIndex === 0) - Number(one.bootIndex === 0));
  await makeRoot(cloud, server);
}

async function run(
  cloud: Cloud,
  call: Call,
  server: Server,
  request: ServerRequest,
  nics: readonly NicWish[],
): Promise<void> {
  const isGone = (): boolean => !cloud.compute.servers.has(server.id) || server.taskState === 'deleting';
  if (isGone()) return;
  try {
    await build(cloud, call, server, request, nics);
    if (isGone()) return;
    finishAttachments(cloud, server);
    const now = Date.now();
    Object.assign(server, {
      status: 'ACTIVE',
      vmState: 'active',
      taskState: null,
      powerState: 1,
      launchedAt: now,
      updated: now,
    });
    await cloud.guests.boot(server);
  } catch (error) {
    if (isGone()) return;
    const message =
      error instanceof Refusal ? error.message : `Build of instance ${server.id} aborted: ${String(error)}`;
    Object.assign(server, {
      status: 'ERROR',
      vmState: 'error',
      taskState: null,
      fault: { code: 500, message, at: Date.now() },
      updated: Date.now(),
    });
  }
}

/** POST /servers: what Nova checks at once, then the build. */
export function createServer(cloud: Cloud, call: Call): Server {
  const request = readServerRequest(cloud, call);
  checkImageFits(cloud, request);
  const nics = resolveNics(cloud, call, request.nics);
  groupIds(cloud, call.who.projectId, request.groupNames);
  reserveServer(cloud, call.who.projectId, request.flavor);
  const server = describe(cloud, call, request);
  claimAll(cloud, call, server, request.devices);
  cloud.compute.servers.add(server);
  request.group?.members.push(server.id);
  cloud.jobs.later(() => run(cloud, call, server, request, nics), 2);
  return server;
}
