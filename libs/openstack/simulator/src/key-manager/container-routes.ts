import type { Cloud } from '../cloud.ts';
import { created, get, noContent, ok, post, put, remove, type Call, type Route } from '../http/call.ts';
import { objectsOf, requiredText, textOf, type JsonObject } from '../http/fields.ts';
import { badRequest, notFound } from '../http/refusal.ts';
import { microsTime, uuid } from '../state/identifiers.ts';
import { aclView, hrefOf, needMember, needOwn, needRead, setAcl } from './access.ts';
import type { Container, SecretRef } from './key-manager-state.ts';
import { offsetPage } from './paging.ts';

const NAMES: Readonly<
  Record<string, { readonly must: readonly string[]; readonly may: readonly string[] } | undefined>
> = {
  rsa: { must: ['public_key', 'private_key'], may: ['private_key_passphrase'] },
  certificate: { must: ['certificate'], may: ['private_key', 'private_key_passphrase', 'intermediates'] },
};

const invalid = (reason: string): Error =>
  badRequest(`Provided object does not match schema 'Container': ${reason}. Invalid property: 'secret_refs'`);

const view = (cloud: Cloud, one: Container): Record<string, unknown> => ({
  created: microsTime(one.born),
  updated: microsTime(one.updated),
  status: 'ACTIVE',
  name: one.name,
  type: one.type,
  creator_id: one.creatorId,
  secret_refs: one.secretRefs.map(({ name, secretId }) => ({ name, secret_ref: hrefOf(cloud, 'secrets', secretId) })),
  consumers: [],
  container_ref: hrefOf(cloud, 'containers', one.id),
});

function refOf(cloud: Cloud, call: Call, given: JsonObject): SecretRef {
  const [href, name] = [requiredText(given, 'secret_ref'), textOf(given, 'name') ?? null];
  if (!href.startsWith(`${cloud.origin}/key-manager/`))
    throw invalid('Secret_ref does not match the configured hostname, please try again');
  const secret = cloud.keyManager.secret(href.split('/').at(-1));
  if (secret?.projectId !== call.who.projectId) throw notFound(`Secret provided for '${name}' doesn't exist.`);
  return { name, secretId: secret.id };
}

function newContainer(cloud: Cloud, call: Call): Container {
  const type = requiredText(call.body, 'type');
  if (!['generic', 'rsa', 'certificate'].includes(type)) throw invalid(`'${type}' is not a type`);
  const secretRefs = (objectsOf(call.body, 'secret_refs') ?? []).map((one) => refOf(cloud, call, one));
  const names = secretRefs.map(({ name }) => name ?? '');
  if (new Set(names).size < names.length) throw invalid('Duplicate reference names are not allowed');
  if (new Set(secretRefs.map(({ secretId }) => secretId)).size < names.length)
    throw invalid('Duplicate secret ids are not allowed');
  const wanted = NAMES[type];
  if (wanted && !names.every((name) => [...wanted.must, ...wanted.may].includes(name)))
    throw invalid(`only ${[...wanted.must, ...wanted.may].join(', ')} reference names are allowed for ${type} type`);
  if (wanted && !wanted.must.every((name) => names.includes(name)))
    throw invalid(`The minimum required reference names are ${wanted.must.join(' and ')} for ${type} type`);
  const now = Date.now();
  return {
    id: uuid(),
    born: now,
    updated: now,
    name: textOf(call.body, 'name') ?? null,
    projectId: call.who.projectId,
    creatorId: call.who.userId,
    acl: undefined,
    type,
    secretRefs,
  };
}

function containerOf(cloud: Cloud, call: Call): Container {
  const found = cloud.keyManager.containers.get(call.params['id']);
  if (found === undefined) throw notFound('Not Found. Sorry but your container is in another castle.');
  return found;
}

export const containerRoutes = (cloud: Cloud): Route[] => {
  const shown = (one: Container): Record<string, unknown> => view(cloud, one);
  return [
    get('/v1/containers', (call) =>
      ok(
        offsetPage(
          call,
          'containers',
          cloud.keyManager.containers.filter((one) => one.projectId === call.who.projectId),
          shown,
        ),
      ),
    ),
    post('/v1/containers', (call) => {
      needMember(call, 'Container creation');
      const { id } = cloud.keyManager.containers.add(newContainer(cloud, call));
      return created({ container_ref: hrefOf(cloud, 'containers', id) });
    }),
    get('/v1/containers/{id}', (call) => {
      const one = containerOf(cloud, call);
      needRead(one, call, 'Container retrieval');
      return ok(shown(one));
    }),
    remove('/v1/containers/{id}', (call) => {
      const one = containerOf(cloud, call);
      needOwn(one, call, 'Container deletion');
      cloud.keyManager.containers.delete(one.id);
      return noContent();
    }),
    get('/v1/containers/{id}/acl', (call) => {
      const one = containerOf(cloud, call);
      needOwn(one, call, 'ContainerACL(s) retrieval');
      return ok(aclView(one));
    }),
    put('/v1/containers/{id}/acl', (call) => {
      const one = containerOf(cloud, call);
      needOwn(one, call, 'ContainerACL(s) Update');
      return setAcl(one, call, hrefOf(cloud, 'containers', one.id));
    }),
  ];
};
