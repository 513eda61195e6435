import { asLifeboatError } from '@lifeboat/kernel';
import type { Json } from '@lifeboat/kernel';
import type { Cloud } from '@lifeboat/openstack-client';
import { markMetadata, markTags } from '@lifeboat/openstack-entity-api';
import type { Entity, EntityType, Mark, Registry, Target } from '@lifeboat/openstack-entity-api';
import { naturalLooks } from './natural-looks.ts';
import { isByName, pathOf } from './recorded-objects.ts';
import type { About, Recorder } from './recorder.ts';
import { NOT_RECORDABLE } from './recording-service.ts';
import type { Call, Find } from './script.ts';
import { settledWait, waitOf } from './waits.ts';

const NO_SECRETS = 'what it keeps is a secret, and a bundle holds none: it is made by hand';

/** For whom a body was made, and under which mark. */
type Owners = WeakMap<object, { readonly kept: Entity; readonly mark: Mark }>;

/** The types of a registry, each of whose writes is recorded for the entity that it is for. `unsaid`: what could not be. */
export function recordingTypes(
  registry: Registry,
  recorder: Recorder,
  unsaid: (kept: Entity, why: string) => void,
): Registry {
  const byKind = new Map(registry.all.map((type) => [type.kind, recording(type, recorder, unsaid)]));
  return { all: [...byKind.values()], has: registry.has, get: (kind) => byKind.get(kind) ?? registry.get(kind) };
}

function recording(type: EntityType, recorder: Recorder, unsaid: (kept: Entity, why: string) => void): EntityType {
  const owners: Owners = new WeakMap();
  const { body, create, candidates } = type;
  return {
    ...type,
    ...(body && {
      body: (kept: Entity, to: Target) => {
        const made = body(kept, to);
        owners.set(made, { kept, mark: to.mark });
        return made;
      },
    }),
    ...(create && { create: (_cloud: Cloud, made: object) => recordCreate(type, create, made, owners, recorder) }),
    ...(candidates && {
      candidates: (_cloud: Cloud, kept: Entity, to: Target) =>
        candidates(recorder.cloud({ of: kept, as: 'look' }), kept, to),
    }),
    ...moreOf(type, recorder, unsaid),
    leavesOut: (refusal, kept) => (refusal.code === NOT_RECORDABLE ? refusal.message : type.leavesOut?.(refusal, kept)),
    ...(type.service === 'key-manager' && { declines: () => Promise.resolve(NO_SECRETS) }),
  };
}

/** The functions that write beside `create`. */
const MORE = ['afterCreate', 'finish', 'adopt', 'release', 'loosen', 'remove'] as const;

function moreOf(
  type: EntityType,
  recorder: Recorder,
  unsaid: (kept: Entity, why: string) => void,
): Partial<EntityType> {
  const more: Partial<Record<(typeof MORE)[number], NonNullable<EntityType['finish']>>> = {};
  for (const name of MORE) {
    const write = type[name];
    if (!write) continue;
    more[name] = async (_cloud, id, kept, to) => {
      const before = recorder.calls.length;
      await write(recorder.cloud({ of: kept, as: 'more' }), id, kept, to).catch((thrown: unknown) => {
        const { code, message } = asLifeboatError(thrown);
        if (code !== NOT_RECORDABLE) throw thrown;
        unsaid(kept, message);
      });
      for (const call of recorder.calls.slice(before)) recorder.amend(call.n, doneWhen(type, name, call, kept));
    };
  }
  return more;
}

function doneWhen(type: EntityType, name: (typeof MORE)[number], call: Call, kept: Entity): Partial<Call> {
  if (name === 'remove' && type.state && call.method === 'DELETE')
    return { wait: { path: call.path, field: '', until: [], fail: [], gone: true } };
  const action = /^(.+)\/action$/.exec(call.path)?.[1];
  const wait = name === 'finish' && action !== undefined ? settledWait(type, kept, type.kind, action) : undefined;
  return wait ? { wait } : {};
}

async function recordCreate(
  type: EntityType,
  create: NonNullable<EntityType['create']>,
  body: object,
  owners: Owners,
  recorder: Recorder,
): Promise<string> {
  const { kept, mark } = owners.get(body) ?? { kept: undefined, mark: undefined };
  if (!kept || !mark) return create(recorder.reading, body as Record<string, unknown>);
  const about: About = { of: kept, as: 'create' };
  const id = await create(recorder.cloud(about), body as Record<string, unknown>);
  const call = recorder.calls.at(-1);
  if (call?.method === 'POST') recorder.amend(call.n, madeBy(type, call, kept, mark, recorder));
  return id;
}

function madeBy(type: EntityType, call: Call, kept: Entity, mark: Mark, recorder: Recorder): Partial<Call> {
  const object = recorder.objects.of(call.n);
  const listed = recorder.listed.get(`${kept.kind}/${kept.id}`);
  if (!object || !listed) return {};
  const [path, name] = [pathOf(object), isByName(object.collection) ? 'name' : 'id'];
  const find: Find = {
    ...listed,
    marked: type.naturalKey === undefined,
    where: type.naturalKey ? [naturalLooks(kept.kind, call.body ?? null)] : marksOf(mark),
  };
  const wait = waitOf(type, object.key, path);
  return { makes: { id: object.key === '' ? name : `${object.key}.${name}`, path, find }, ...(wait && { wait }) };
}

/** Where it may bear the mark: in a description while it is made, in tags afterwards, in metadata all the time. */
const marksOf = (mark: Mark): readonly Json[] => [
  { description: mark.text },
  { tags: [...markTags(mark)] },
  { metadata: markMetadata(mark) },
];
