import type { Cloud } from '../cloud.ts';
import type { Call } from '../http/call.ts';
import { textOf, textsOf, type JsonObject } from '../http/fields.ts';
import { badRequest } from '../http/refusal.ts';

/** What a server may be made with, and since which microversion. */
const known: ReadonlyMap<string, number> = new Map([
  ...[
    'name',
    'imageRef',
    'flavorRef',
    'adminPass',
    'metadata',
    'networks',
    'OS-DCF:diskConfig',
    'accessIPv4',
    'accessIPv6',
    'personality',
    'availability_zone',
    'block_device_mapping',
    'block_device_mapping_v2',
    'config_drive',
    'key_name',
    'min_count',
    'max_count',
    'return_reservation_id',
    'security_groups',
    'user_data',
  ].map((key) => [key, 1] as const),
  ['description', 19],
  ['tags', 52],
  ['trusted_image_certificates', 63],
  ['host', 74],
  ['hypervisor_hostname', 74],
  ['hostname', 90],
]);

function checkKeys(call: Call, body: JsonObject): void {
  const unexpected = Object.keys(body).find((key) => (known.get(key) ?? Infinity) > call.minor);
  if (unexpected !== undefined)
    throw badRequest(
      `Invalid input for field/attribute server. Additional properties are not allowed ('${unexpected}' was unexpected)`,
    );
}

function checkUserData(body: JsonObject): void {
  const userData = textOf(body, 'user_data');
  if (userData === undefined) return;
  if (!/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(userData)) throw badRequest('Userdata content cannot be decoded');
  if (userData.length > 65_535) throw badRequest('Invalid input for field/attribute user_data. Value is too long');
}

function checkKeypair(cloud: Cloud, call: Call, body: JsonObject): void {
  const name = textOf(body, 'key_name');
  if (name !== undefined && !cloud.compute.keypairs.some((one) => one.userId === call.who.userId && one.name === name))
    throw badRequest('Invalid key_name provided.');
}

/** Tags of servers: no commas, no slashes, at most 60 characters and 50 of them; answered sorted. */
export function checkTags(tags: readonly string[]): string[] {
  const wrong = tags.find((tag) => tag === '' || tag.length > 60 || /[,/]/.test(tag));
  if (wrong !== undefined)
    throw badRequest(
      `Invalid input for field/attribute ${tags.indexOf(wrong)}. Value: ${wrong}. '${wrong}' does not match '^[^,/]*$'`,
    );
  if (tags.length > 50) throw badRequest('The number of tags exceeded the per-server limit 50');
  return [...new Set(tags)].sort();
}

const invalid = (field: string, value: string, why: string): Error =>
  badRequest(`Invalid input for field/attribute ${field}. Value: ${value}. '${value}' ${why}`);

function checkNames(body: JsonObject): void {
  const [name, hostname] = [textOf(body, 'name') ?? '', textOf(body, 'hostname')];
  if (name.trim() === '') throw invalid('name', name, 'is too short');
  if (Array.from(name).length > 255) throw invalid('name', name, 'is too long');
  if (hostname !== undefined && !/^(?=.{2,63}$)[a-zA-Z0-9]+[a-zA-Z0-9-]*[a-zA-Z0-9]+$/.test(hostname))
    throw invalid('hostname', hostname, "does not match '^[a-zA-Z0-9]+[a-zA-Z0-9-]*[a-zA-Z0-9]+$'");
}

/** What needs nothing but the request itself and the caller's keypairs. */
export function checkServerBody(cloud: Cloud, call: Call, body: JsonObject): void {
  checkKeys(call, body);
  checkUserData(body);
  checkKeypair(cloud, call, body);
  checkTags(textsOf(body, 'tags') ?? []);
  checkNames(body);
  const zone = textOf(body, 'availability_zone');
  if (zone !== undefined && zone.split(':')[0] !== 'nova')
    throw badRequest('The requested availability zone is not available');
  if (
    textOf(body, 'imageRef') === undefined &&
    body['block_device_mapping_v2'] === undefined &&
    body['block_device_mapping'] === undefined
  )
    throw badRequest('Missing imageRef attribute');
}
