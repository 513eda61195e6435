import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { Cloud } from '../cloud.ts';
import { created, get, noContent, ok, post, put, remove, type Answer, type Call, type Route } from '../http/call.ts';
import { objectOf } from '../http/fields.ts';
import { badRequest, conflict, notFound, Refusal } from '../http/refusal.ts';
import { microsTime } from '../state/identifiers.ts';
import { aclView, hrefOf, mayRead, needMember, needOwn, needRead, setAcl } from './access.ts';
import type { Secret } from './key-manager-state.ts';
import { offsetPage } from './paging.ts';
import { checkedType, newSecret, plainType } from './secret-create.ts';

const showsConsumers = (call: Call): boolean => call.headers['openstack-api-version'] === 'key-manager 1.1';

const view = (cloud: Cloud, call: Call, one: Secret): Record<string, unknown> => ({
  created: microsTime(one.born),
  updated: microsTime(one.updated),
  status: 'ACTIVE',
  name: one.name,
  secret_type: one.secretType,
  expiration: one.expires === null ? null : microsTime(one.expires),
  algorithm: one.algorithm,
  bit_length: one.bitLength,
  mode: one.mode,
  creator_id: one.creatorId,
  ...(showsConsumers(call) && { consumers: [] }),
  ...(one.contentType !== undefined && { content_types: { default: one.contentType } }),
  secret_ref: hrefOf(cloud, 'secrets', one.id),
});

function secretOf(cloud: Cloud, call: Call): Secret {
  const found = cloud.keyManager.secret(call.params['id']);
  if (found === undefined) throw notFound('Not Found. Sorry but your secret is in another castle.');
  return found;
}

function payload(cloud: Cloud, call: Call): Answer {
  const one = secretOf(cloud, call);
  needRead(one, call, 'Secret payload retrieval');
  if (one.payload === undefined) throw notFound('Not Found. Sorry but your secret has no payload.');
  const accept = plainType(call.headers.accept ?? 'application/octet-stream');
  if (accept !== one.contentType)
    throw new Refusal(406, `Secret payload retrieval issue seen - cannot convert to ${accept}.`);
  return {
    status: 200,
    bytes: Readable.from([one.payload]),
    headers: { 'content-type': accept, 'content-length': String(one.payload.length) },
  };
}

/** Once: a payload never changes. */
async function store(cloud: Cloud, call: Call): Promise<Answer> {
  const one = secretOf(cloud, call);
  needOwn(one, call, 'Secret update');
  const contentType = checkedType(call.headers['content-type']);
  const bytes = await buffer(call.stream);
  if (bytes.length === 0) throw badRequest('No information provided to process.');
  if (one.payload !== undefined) throw conflict('Secret already has data, cannot modify it.');
  Object.assign(one, { payload: bytes, contentType, updated: Date.now() });
  return noContent();
}

function list(cloud: Cloud, call: Call): Answer {
  const name = call.query.get('name');
  const found = cloud.keyManager
    .secrets(call.who.projectId)
    .filter((one) => (name === null || name === '' || one.name === name) && one.born <= Date.now() - call.listLagMs);
  return ok(offsetPage(call, 'secrets', found, (one) => view(cloud, call, one)));
}

function setMetadata(cloud: Cloud, call: Call): Answer {
  const one = secretOf(cloud, call);
  needOwn(one, call, 'Secret metadata creation');
  const given = Object.entries(objectOf(call.body, 'metadata'));
  if (given.some(([key, value]) => !/^[A-Za-z0-9_-]*$/.test(key) || typeof value !== 'string'))
    throw badRequest('Provided metadata is invalid.');
  one.metadata = Object.fromEntries(given.map(([key, value]) => [key.toLowerCase(), String(value)]));
  return created({ metadata_ref: `${hrefOf(cloud, 'secrets', one.id)}/metadata` });
}

export const secretRoutes = (cloud: Cloud): Route[] => [
  get('/v1/secrets', (call) => list(cloud, call)),
  post('/v1/secrets', (call) => {
    needMember(call, 'Secret creation');
    return created({ secret_ref: hrefOf(cloud, 'secrets', cloud.keyManager.add(newSecret(call)).id) });
  }),
  get('/v1/secrets/{id}', (call) => {
    const one = secretOf(cloud, call);
    // What it is an administrator of the cloud may see, what it holds not.
    if (!call.who.isAdmin && !mayRead(one, call.who)) needRead(one, call, 'Secret retrieval');
    return ok(view(cloud, call, one));
  }),
  put('/v1/secrets/{id}', (call) => store(cloud, call)),
  remove('/v1/secrets/{id}', (call) => {
    const one = secretOf(cloud, call);
    if (!call.who.isAdmin) needOwn(one, call, 'Secret deletion');
    cloud.keyManager.delete(one.id);
    return noContent();
  }),
  get('/v1/secrets/{id}/payload', (call) => payload(cloud, call)),
  get('/v1/secrets/{id}/metadata', (call) => {
    const one = secretOf(cloud, call);
    needRead(one, call, 'Secret metadata retrieval');
    return ok({ metadata: one.metadata });
  }),
  put('/v1/secrets/{id}/metadata', (call) => setMetadata(cloud, call)),
  get('/v1/secrets/{id}/acl', (call) => {
    const one = secretOf(cloud, call);
    needOwn(one, call, 'SecretACL(s) retrieval');
    return ok(aclView(one));
  }),
  put('/v1/secrets/{id}/acl', (call) => {
    const one = secretOf(cloud, call);
    needOwn(one, call, 'SecretACL(s) Update');
    return setAcl(one, call, hrefOf(cloud, 'secrets', one.id));
  }),
];
