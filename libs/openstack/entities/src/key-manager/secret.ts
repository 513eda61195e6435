import { canonicalJson } from '@lifeboat/kernel';
import type { Json } from '@lifeboat/kernel';
import { entity } from '@lifeboat/openstack-entity-api';
import type { Captured, Entity, Live, Target } from '@lifeboat/openstack-entity-api';
import type { Cloud } from '@lifeboat/openstack-client';
import { createHash } from 'node:crypto';
import { pick, refs } from '../fields.ts';
import { ACL, accessIn, accessNotes, aclOf, setAccess } from './access.ts';
import { idIn, joined, listed, read, seen } from './barbican.ts';
import type { Seen } from './barbican.ts';
import { asStored, contentTypeOf, isText, PAYLOAD, payloadOf } from './payload.ts';

/** Joined from `/metadata`, which no list tells. */
const METADATA = 'lifeboat:metadata';

const LOOKS = ['secret_type', 'algorithm', 'bit_length', 'mode', 'expiration'] as const;

async function whole(cloud: Cloud, live: Live): Promise<Live> {
  const path = `/secrets/${live.id}`;
  const [payload, metadata, acl] = await Promise.all([
    payloadOf(cloud, live),
    seen(cloud['key-manager'].get<{ metadata: Record<string, string> }>(`${path}/metadata`)),
    aclOf(cloud, path),
  ]);
  return { ...live, [PAYLOAD]: payload, [METADATA]: metadata, [ACL]: acl };
}

async function getSecret(cloud: Cloud, id: string): Promise<Live | undefined> {
  const live = await read(cloud, 'secret', id);
  return live && whole(cloud, live);
}

/** Those of its name, with their payloads: two may differ in nothing else. */
const lookAlikes = (cloud: Cloud, { spec }: Entity): AsyncIterable<Live> =>
  joined(listed(cloud, 'secret', typeof spec['name'] === 'string' ? spec['name'] : undefined), async (live) => ({
    ...live,
    [PAYLOAD]: await payloadOf(cloud, live),
  }));

const payloadIn = (live: Live): Seen<string | undefined> =>
  (live[PAYLOAD] ?? { value: undefined }) as Seen<string | undefined>;

const keyOf = (looks: Readonly<Record<string, unknown>>, contentType: unknown, payload: string | undefined): string =>
  canonicalJson([
    ...(['name', ...LOOKS] as const).map((name) => (looks[name] ?? null) as Json),
    (contentType ?? null) as Json,
    payload === undefined ? null : createHash('sha256').update(asStored(payload, contentType)).digest('hex'),
  ]);

const opened = ({ spec }: Entity, to: Pick<Target, 'open'>): string | undefined => to.open(spec['payload']);

const given = (spec: Entity['spec']): Record<string, Json> =>
  Object.fromEntries(
    Object.entries(pick(spec, 'name', ...LOOKS)).filter(([, value]) => value !== null && value !== ''),
  );

function captureSecret(live: Live): Captured {
  const [payload, access] = [payloadIn(live), accessIn(live)];
  const metadata = (live[METADATA] ?? { value: {} }) as Seen<{ readonly metadata?: Record<string, string> }>;
  const unseen = [
    ...('unseen' in payload ? [{ field: 'payload', reason: payload.unseen }] : []),
    ...('unseen' in metadata ? [{ field: 'metadata', reason: metadata.unseen }] : []),
    ...access.unseen,
  ];
  return {
    id: live.id,
    name: String(live['name'] ?? ''),
    spec: {
      name: (live['name'] ?? null) as Json,
      ...pick(live, ...LOOKS),
      payload_content_type: contentTypeOf(live) ?? null,
      ...('value' in payload && { payload: payload.value ?? null }),
      ...('value' in metadata && { metadata: metadata.value.metadata ?? {} }),
      ...access.spec,
    },
    refs: refs({}),
    observed: { ...pick(live, 'status', 'created', 'creator_id', 'consumers'), ...access.observed },
    ...(unseen.length > 0 && { unseen }),
  };
}

/**
 * Barbican secret. Its list tells neither payload, metadata nor ACL: those are a call each per secret, eight at a time, of which that for the payload is
 * made once as long as a site is open. Its user metadata would be a second call, so name, looks and payload together tell which it is.
 */
export const secret = entity({
  kind: 'secret',
  service: 'key-manager',
  schema: 2,
  testedOn: ['simulator', 'recorded answers'],
  provision: 'created',
  summary:
    'Name, type, algorithm, bit length, mode, expiration, payload (sealed), user metadata, and whether the project may read it. One whose payload these credentials may not read, or that has expired, is left out. It has another id at the target.',
  notKept: {
    'users in the ACL': 'their ids are of one cloud',
    consumers: 'who uses a secret registers itself again',
    creator: "it is who makes it: the user of Lifeboat's credentials",
    'orders, transport keys, secret stores':
      'a secret comes with its payload, however that was made and wherever it is kept',
  },

  list: (cloud) => joined(listed(cloud, 'secret'), (live) => whole(cloud, live)),
  get: getSecret,
  capture: captureSecret,
  secrets: ['payload'],
  standsAlone: true,
  declines(_cloud, kept) {
    const hidden = kept.unseen?.find(({ field }) => field === 'payload');
    if (hidden) return Promise.resolve(`its payload could not be read: ${hidden.reason}`);
    const expiration = kept.spec['expiration'];
    return Promise.resolve(
      typeof expiration === 'string' && Date.parse(asUtc(expiration)) <= Date.now()
        ? `it expired at ${expiration} UTC`
        : undefined,
    );
  },
  candidates: (cloud, kept) => lookAlikes(cloud, kept),
  naturalKey: {
    kept: (kept, to) => keyOf(kept.spec, kept.spec['payload_content_type'], opened(kept, to)),
    live: (live) => {
      const payload = payloadIn(live);
      return keyOf(live, contentTypeOf(live), 'value' in payload ? payload.value : undefined);
    },
  },
  body: (kept, to) => {
    const payload = opened(kept, to);
    const contentType = String(kept.spec['payload_content_type']);
    return {
      ...given(kept.spec),
      ...(payload !== undefined && {
        payload,
        payload_content_type: contentType,
        ...(!isText(contentType) && { payload_content_encoding: 'base64' }),
      }),
    };
  },
  create: async (cloud, body) =>
    idIn((await cloud['key-manager'].post<{ secret_ref: string }>('/secrets', body)).secret_ref),
  async afterCreate(cloud, id, kept) {
    const metadata = (kept.spec['metadata'] ?? {}) as Record<string, string>;
    if (Object.keys(metadata).length > 0) await cloud['key-manager'].put(`/secrets/${id}/metadata`, { metadata });
    await setAccess(cloud, `/secrets/${id}`, kept);
  },
  remove: async (cloud, id) => void (await cloud['key-manager'].delete(`/secrets/${id}`)),
  notes: accessNotes,
  fields: (kept, to) => {
    const payload = opened(kept, to);
    return payload !== undefined && asStored(payload, kept.spec['payload_content_type']) !== payload
      ? { payload: { mapped: 'Barbican takes off the white space around a text' } }
      : {};
  },

  examples: [
    {
      live: {
        id: '094a085d-fc06-4c1a-8c5d-ad0d49a0e1f1',
        name: 'shop tls key',
        secret_ref: 'https://barbican.example/v1/secrets/094a085d-fc06-4c1a-8c5d-ad0d49a0e1f1',
        secret_type: 'private',
        algorithm: 'rsa',
        bit_length: 2048,
        mode: null,
        expiration: '2027-03-23T20:46:51',
        status: 'ACTIVE',
        content_types: { default: 'application/octet-stream' },
        creator_id: '3a7e3d2421384f56a8fb6cf082a8efab',
        created: '2026-03-23T20:46:51.650515',
        updated: '2026-03-23T20:46:51.654116',
        'lifeboat:payload': { value: 'AAEC/w==' },
        'lifeboat:metadata': { value: { metadata: { purpose: 'shop' } } },
        'lifeboat:acl': {
          value: { read: { 'project-access': false, users: ['5ecb18f341894e94baca9e8c7b6a824a'] } },
        },
      },
      keeps: {
        id: '094a085d-fc06-4c1a-8c5d-ad0d49a0e1f1',
        name: 'shop tls key',
        spec: {
          name: 'shop tls key',
          secret_type: 'private',
          algorithm: 'rsa',
          bit_length: 2048,
          mode: null,
          expiration: '2027-03-23T20:46:51',
          payload_content_type: 'application/octet-stream',
          payload: 'AAEC/w==',
          metadata: { purpose: 'shop' },
          project_access: false,
        },
        refs: {},
        observed: {
          status: 'ACTIVE',
          created: '2026-03-23T20:46:51.650515',
          creator_id: '3a7e3d2421384f56a8fb6cf082a8efab',
          readers: ['5ecb18f341894e94baca9e8c7b6a824a'],
        },
      },
    },
    {
      live: {
        id: '5a4c8e1f-2f0e-4d76-9b0e-6d0c8a3b9f21',
        name: 'of another',
        secret_ref: 'https://barbican.example/v1/secrets/5a4c8e1f-2f0e-4d76-9b0e-6d0c8a3b9f21',
        secret_type: 'passphrase',
        algorithm: null,
        bit_length: null,
        mode: null,
        expiration: null,
        status: 'ACTIVE',
        content_types: { default: 'text/plain' },
        creator_id: '20b63d71f90848cf827ee48074f213b7',
        created: '2026-03-23T20:46:51.650515',
        updated: '2026-03-23T20:46:51.654116',
        'lifeboat:payload': { unseen: 'only its creator, or who is named in its ACL, may read it' },
        'lifeboat:metadata': { value: { metadata: {} } },
        'lifeboat:acl': { value: { read: { 'project-access': true } } },
      },
      keeps: {
        id: '5a4c8e1f-2f0e-4d76-9b0e-6d0c8a3b9f21',
        name: 'of another',
        spec: {
          name: 'of another',
          secret_type: 'passphrase',
          algorithm: null,
          bit_length: null,
          mode: null,
          expiration: null,
          payload_content_type: 'text/plain',
          metadata: {},
          project_access: true,
        },
        refs: {},
        observed: {
          status: 'ACTIVE',
          created: '2026-03-23T20:46:51.650515',
          creator_id: '20b63d71f90848cf827ee48074f213b7',
        },
        unseen: [{ field: 'payload', reason: 'only its creator, or who is named in its ACL, may read it' }],
      },
    },
  ],
});

/** Barbican writes no zone, and means UTC. */
function asUtc(time: string): string {
  return /(z|[+-]\d\d:?\d\d)$/i.test(time) ? time : `${time}Z`;
}
