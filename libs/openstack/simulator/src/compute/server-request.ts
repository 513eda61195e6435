import type { Cloud } from '../cloud.ts';
import type { Call } from '../http/call.ts';
import {
  flagOf,
  numberOf,
  objectOf,
  objectsOf,
  requiredObject,
  requiredText,
  textMapOf,
  textOf,
  type JsonObject,
} from '../http/fields.ts';
import { badRequest } from '../http/refusal.ts';
import { mayRead } from '../image/image-policy.ts';
import type { Image } from '../image/image-state.ts';
import { mayUseFlavor } from './compute-policy.ts';
import type { Flavor, ServerGroup } from './compute-state.ts';
import { checkServerBody } from './server-checks.ts';

/** One wished block device, `block_device_mapping_v2`. */
export interface DeviceWish {
  readonly source: 'image' | 'volume' | 'snapshot' | 'blank';
  readonly destination: 'local' | 'volume';
  readonly id: string | undefined;
  readonly bootIndex: number;
  readonly size: number | undefined;
  readonly deleteOnTermination: boolean;
  readonly tag: string | null;
  readonly volumeType: string | undefined;
}

export interface NicWish {
  readonly portId?: string | undefined;
  readonly networkId?: string | undefined;
  readonly address?: string | undefined;
  readonly tag: string | null;
}

export interface ServerRequest {
  readonly body: JsonObject;
  readonly name: string;
  readonly flavor: Flavor;
  readonly image: Image | undefined;
  readonly devices: readonly DeviceWish[];
  readonly nics: readonly NicWish[] | 'auto' | 'none';
  readonly group: ServerGroup | undefined;
  readonly groupNames: readonly string[];
}

function flavorFor(cloud: Cloud, call: Call, body: JsonObject): Flavor {
  const ref =
    String(body['flavorRef'] ?? '')
      .split('/')
      .at(-1) ?? '';
  const flavor = cloud.compute.flavors.get(ref);
  if (flavor === undefined || !mayUseFlavor(flavor, call.who)) throw badRequest(`Flavor ${ref} could not be found.`);
  return flavor;
}

function imageFor(cloud: Cloud, call: Call, ref: string | undefined): Image | undefined {
  if (ref === undefined || ref === '') return undefined;
  const image = cloud.image.images.get(ref.split('/').at(-1));
  if (image === undefined || !mayRead(image, call.who)) throw badRequest(`Can not find requested image`);
  if (image.status !== 'active') throw badRequest(`Image ${image.id} is not active.`);
  return image;
}

const sources: readonly string[] = ['image', 'volume', 'snapshot', 'blank'];

function deviceOf(call: Call, device: JsonObject): DeviceWish {
  const source = requiredText(device, 'source_type');
  if (!sources.includes(source)) throw badRequest(`Block Device Mapping is Invalid: Invalid source_type field.`);
  const tag = textOf(device, 'tag');
  // Tags were there in 2.32, forgotten, and came back in 2.42.
  if (tag !== undefined && call.minor < 42 && call.minor !== 32)
    throw badRequest(
      "Invalid input for field/attribute block_device_mapping_v2. Additional properties are not allowed ('tag' was unexpected)",
    );
  const volumeType = textOf(device, 'volume_type');
  if (volumeType !== undefined && call.minor < 67)
    throw badRequest(
      "Invalid input for field/attribute block_device_mapping_v2. Additional properties are not allowed ('volume_type' was unexpected)",
    );
  const bootIndex = numberOf(device, 'boot_index');
  const destination =
    textOf(device, 'destination_type') ?? (source === 'volume' || source === 'snapshot' ? 'volume' : 'local');
  return {
    source: source as DeviceWish['source'],
    destination: destination === 'volume' ? 'volume' : 'local',
    id: textOf(device, 'uuid'),
    bootIndex: bootIndex ?? -1,
    size: numberOf(device, 'volume_size'),
    deleteOnTermination: flagOf(device, 'delete_on_termination') ?? false,
    tag: tag ?? null,
    volumeType,
  };
}

function nicsOf(call: Call, body: JsonObject): ServerRequest['nics'] {
  const given = body['networks'];
  if (given === 'auto' || given === 'none') {
    if (call.minor < 37)
      throw badRequest(
        `Invalid input for field/attribute networks. Value: ${given}. '${given}' is not of type 'array'`,
      );
    return given;
  }
  if (given === undefined) {
    if (call.minor >= 37)
      throw badRequest("Invalid input for field/attribute server. 'networks' is a required property");
    return 'auto';
  }
  return (objectsOf(body, 'networks') ?? []).map((nic) => ({
    portId: textOf(nic, 'port'),
    networkId: textOf(nic, 'uuid'),
    address: textOf(nic, 'fixed_ip'),
    tag: textOf(nic, 'tag') ?? null,
  }));
}

function groupFor(cloud: Cloud, call: Call): ServerGroup | undefined {
  const hints = { ...objectOf(call.body, 'os:scheduler_hints'), ...objectOf(call.body, 'OS-SCH-HNT:scheduler_hints') };
  const id = textOf(hints, 'group');
  if (id === undefined) return undefined;
  const group = cloud.compute.serverGroups.get(id);
  if (group === undefined || (!call.who.isAdmin && group.projectId !== call.who.projectId))
    throw badRequest(`Instance group ${id} could not be found.`);
  const limit = cloud.compute.quotaOf(call.who.projectId).server_group_members;
  if (limit >= 0 && group.members.length >= limit) throw badRequest('Quota exceeded, too many servers in group');
  return group;
}

/** The devices with the image's own put in, so that exactly one has boot index 0. */
function devicesOf(call: Call, body: JsonObject, image: Image | undefined): DeviceWish[] {
  const devices = (objectsOf(body, 'block_device_mapping_v2') ?? []).map((device) => deviceOf(call, device));
  const hasRoot = devices.some((one) => one.bootIndex === 0);
  if (image !== undefined && !hasRoot) {
    devices.unshift({
      source: 'image',
      destination: 'local',
      id: image.id,
      bootIndex: 0,
      size: undefined,
      deleteOnTermination: true,
      tag: null,
      volumeType: undefined,
    });
  } else if (devices.filter((one) => one.bootIndex === 0).length !== 1) {
    throw badRequest(
      'Block Device Mapping is Invalid: Boot sequence for the instance and image/block device mapping combination is not valid.',
    );
  }
  return devices;
}

/** Reads and checks POST /servers as far as Nova does before it answers. */
export function readServerRequest(cloud: Cloud, call: Call): ServerRequest {
  const body = requiredObject(call.body, 'server');
  const name = requiredText(body, 'name');
  checkServerBody(cloud, call, body);
  const flavor = flavorFor(cloud, call, body);
  const image = imageFor(cloud, call, textOf(body, 'imageRef'));
  const groupNames = (objectsOf(body, 'security_groups') ?? []).map((group) => requiredText(group, 'name'));
  const hints = groupFor(cloud, call);
  textMapOf(body, 'metadata');
  return {
    body,
    name,
    flavor,
    image,
    devices: devicesOf(call, body, image),
    nics: nicsOf(call, body),
    group: hints,
    groupNames: [...new Set(groupNames)],
  };
}
