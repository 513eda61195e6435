import { createHash, generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import type { Cloud } from '../cloud.ts';
import { get, ok, post, remove, type Answer, type Call, type Route } from '../http/call.ts';
import { requiredObject, requiredText, textOf } from '../http/fields.ts';
import { badRequest, conflict, forbidden, notFound } from '../http/refusal.ts';
import { listed, nextUrl, pageOf } from '../http/paging.ts';
import { microsTime } from '../state/identifiers.ts';
import { needAdmin } from './compute-policy.ts';
import type { Keypair } from './compute-state.ts';

const brief = (call: Call, key: Keypair): Record<string, unknown> => ({
  name: key.name,
  public_key: key.publicKey,
  fingerprint: key.fingerprint,
  ...(call.minor >= 2 && { type: key.type }),
});

const full = (call: Call, key: Keypair): Record<string, unknown> => ({
  ...brief(call, key),
  user_id: key.userId,
  id: key.born % 1_000_000,
  deleted: false,
  created_at: microsTime(key.born),
  deleted_at: null,
  updated_at: null,
});

/** MD5 of the key's blob, colon-separated, as Nova says it. */
function fingerprintOf(publicKey: string): string {
  const [kind = '', blob = ''] = publicKey.trim().split(/\s+/);
  const bytes = Buffer.from(blob, 'base64');
  const named = bytes.length > 8 ? bytes.subarray(4, 4 + bytes.readUInt32BE(0)).toString() : '';
  if (named !== kind) throw badRequest('Keypair data is invalid: failed to generate fingerprint');
  return (createHash('md5').update(bytes).digest('hex').match(/../g) ?? []).join(':');
}

const lengthPrefixed = (bytes: Buffer): Buffer => Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes]);

async function generated(): Promise<{ publicKey: string; privateKey: string }> {
  const pair = await promisify(generateKeyPair)('ed25519');
  const raw = pair.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  const blob = Buffer.concat([lengthPrefixed(Buffer.from('ssh-ed25519')), lengthPrefixed(raw)]);
  return {
    publicKey: `ssh-ed25519 ${blob.toString('base64')} Generated-by-Nova`,
    privateKey: pair.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  };
}

/** Keypairs belong to users; another user's may be touched from 2.10 on, by administrators only. */
function ownerOf(call: Call, asked: string | undefined | null, rule: string): string {
  if (asked === undefined || asked === null || asked === call.who.userId) return call.who.userId;
  if (call.minor < 10) return call.who.userId;
  needAdmin(call, `os-keypairs:${rule}`);
  return asked;
}

function keyOf(cloud: Cloud, call: Call, rule: string): Keypair {
  const name = call.params['name'] ?? '';
  const userId = ownerOf(call, call.query.get('user_id'), rule);
  const key = cloud.compute.keypairs.find((one) => one.userId === userId && one.name === name);
  if (key === undefined) throw notFound(`Keypair ${name} not found for user ${userId}`);
  return key;
}

async function create(cloud: Cloud, call: Call): Promise<Answer> {
  const body = requiredObject(call.body, 'keypair');
  const name = requiredText(body, 'name');
  const userId = ownerOf(call, textOf(body, 'user_id'), 'create');
  const imported = textOf(body, 'public_key');
  if (imported === undefined && call.minor >= 92)
    throw badRequest("Invalid input for field/attribute keypair. 'public_key' is a required property");
  if (!/^[A-Za-z0-9 _\-.@]+$/.test(name))
    throw badRequest('Keypair data is invalid: Keypair name contains unsafe characters');
  if (cloud.compute.keypairs.some((one) => one.userId === userId && one.name === name))
    throw conflict(`Key pair '${name}' already exists.`);
  const limit = cloud.compute.quotaOf(call.who.projectId).key_pairs;
  if (limit >= 0 && cloud.compute.keypairs.count((one) => one.userId === userId) >= limit)
    throw forbidden('Quota exceeded, too many key pairs.');
  const pair = imported === undefined ? await generated() : { publicKey: imported, privateKey: undefined };
  const key = cloud.compute.keypairs.add({
    id: `${userId}/${name}`,
    born: Date.now(),
    name,
    userId,
    publicKey: pair.publicKey,
    fingerprint: fingerprintOf(pair.publicKey),
    type: textOf(body, 'type') ?? 'ssh',
  });
  return {
    status: call.minor >= 2 ? 201 : 200,
    body: {
      keypair: {
        ...brief(call, key),
        user_id: userId,
        ...(pair.privateKey !== undefined && { private_key: pair.privateKey }),
      },
    },
  };
}

function list(cloud: Cloud, call: Call): unknown {
  const userId = ownerOf(call, call.query.get('user_id'), 'index');
  const mine = listed(cloud.compute.keypairs, call)
    .filter((one) => one.userId === userId)
    .sort((one, two) => one.name.localeCompare(two.name));
  // The marker is the name.
  const page = pageOf(
    mine.map((key) => ({ id: key.name, key })),
    call,
  );
  return {
    keypairs: page.items.map(({ key }) => ({ keypair: brief(call, key) })),
    ...(page.next !== undefined &&
      call.minor >= 35 && {
        keypairs_links: [{ rel: 'next', href: nextUrl(call, `${call.origin}/compute/v2.1/os-keypairs`, page.next) }],
      }),
  };
}

export const keypairRoutes = (cloud: Cloud): Route[] => [
  get('/v2.1/os-keypairs', (call) => ok(list(cloud, call))),
  post('/v2.1/os-keypairs', (call) => create(cloud, call)),
  get('/v2.1/os-keypairs/{name}', (call) => ok({ keypair: full(call, keyOf(cloud, call, 'show')) })),
  remove('/v2.1/os-keypairs/{name}', (call) => {
    cloud.compute.keypairs.delete(keyOf(cloud, call, 'delete').id);
    return { status: call.minor >= 2 ? 204 : 202 };
  }),
];
