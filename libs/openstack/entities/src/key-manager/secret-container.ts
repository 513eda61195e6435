import { canonicalJson } from '@lifeboat/kernel';
import type { Json } from '@lifeboat/kernel';
import { entity } from '@lifeboat/openstack-entity-api';
import type { Live } from '@lifeboat/openstack-entity-api';
import type { Cloud } from '@lifeboat/openstack-client';
import { many, pick, ref, refs } from '../fields.ts';
import { ACL, accessIn, accessNotes, aclOf, setAccess } from './access.ts';
import { idIn, joined, listed, read } from './barbican.ts';

interface Named {
  readonly name: string;
  readonly id: string;
}

/** By name, which a container has once, and of which one may be none. */
const secretsIn = (live: Live): readonly Named[] =>
  ((live['secret_refs'] ?? []) as readonly { readonly name?: string | null; readonly secret_ref: string }[])
    .map(({ name, secret_ref }) => ({ name: name ?? '', id: idIn(secret_ref) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));

const whole = async (cloud: Cloud, live: Live): Promise<Live> => ({
  ...live,
  [ACL]: await aclOf(cloud, `/containers/${live.id}`),
});

const keyOf = (
  name: unknown,
  type: unknown,
  secrets: readonly { readonly name: string; readonly id: unknown }[],
): string => canonicalJson([name ?? null, type ?? null, secrets.map((one) => [one.name, one.id ?? null])] as Json);

/** Barbican refuses references that are not in its own words. */
async function linkOf(cloud: Cloud, id: string): Promise<string> {
  return (await cloud['key-manager'].get<{ secret_ref: string }>(`/secrets/${id}`)).secret_ref;
}

/** Barbican container: secrets that belong together, such as a certificate and its key. Its ACL is a call per container. */
export const secretContainer = entity({
  kind: 'secret-container',
  service: 'key-manager',
  schema: 2,
  testedOn: ['simulator', 'recorded answers'],
  provision: 'created',
  summary:
    'Name, type (generic, rsa, certificate), its secrets by their names, and whether the project may read it. It is left out with any of its secrets that is.',
  notKept: {
    'users in the ACL': 'their ids are of one cloud',
    consumers: 'who uses a container registers itself again',
  },

  list: (cloud) => joined(listed(cloud, 'container'), (live) => whole(cloud, live)),
  async get(cloud, id) {
    const live = await read(cloud, 'container', id);
    return live && whole(cloud, live);
  },
  capture: (live) => {
    const access = accessIn(live);
    const secrets = secretsIn(live);
    return {
      id: live.id,
      name: String(live['name'] ?? ''),
      spec: {
        ...pick(live, 'name', 'type'),
        secret_names: secrets.map(({ name }) => name),
        ...access.spec,
      },
      refs: refs({ secrets: secrets.map(({ id }) => ref('secret', id)) }),
      observed: { ...pick(live, 'status', 'created', 'creator_id', 'consumers'), ...access.observed },
      ...(access.unseen.length > 0 && { unseen: access.unseen }),
    };
  },
  standsAlone: true,
  needs: ['secrets'],
  declines(_cloud, kept, to) {
    const lost = many(kept, 'secrets').filter((one) => to.captured(one) === undefined);
    return Promise.resolve(
      lost.length > 0 ? `${lost.length} of its secrets expired or were deleted at the source` : undefined,
    );
  },
  candidates: (cloud) => listed(cloud, 'container'),
  naturalKey: {
    kept: (kept, to) => {
      const names = kept.spec['secret_names'] as readonly string[];
      const secrets = many(kept, 'secrets').map((one, i) => ({ name: names[i] ?? '', id: to.maybe(one) }));
      return keyOf(kept.spec['name'], kept.spec['type'], secrets);
    },
    live: (live) => keyOf(live['name'], live['type'], secretsIn(live)),
  },
  body: (kept, to) => {
    const names = kept.spec['secret_names'] as readonly string[];
    return {
      ...(typeof kept.spec['name'] === 'string' && { name: kept.spec['name'] }),
      type: kept.spec['type'],
      secret_refs: many(kept, 'secrets').map((one, i) => ({
        ...(names[i] && { name: names[i] }),
        secret: to.maybe(one),
      })),
    };
  },
  async create(cloud, body) {
    const wanted = body['secret_refs'] as readonly { readonly name?: string; readonly secret: string }[];
    const secret_refs = await Promise.all(
      wanted.map(async ({ secret, ...name }) => ({ ...name, secret_ref: await linkOf(cloud, secret) })),
    );
    const made = await cloud['key-manager'].post<{ container_ref: string }>('/containers', { ...body, secret_refs });
    return idIn(made.container_ref);
  },
  afterCreate: (cloud, id, kept) => setAccess(cloud, `/containers/${id}`, kept),
  remove: async (cloud, id) => void (await cloud['key-manager'].delete(`/containers/${id}`)),
  notes: accessNotes,
  fields: { 'refs.secrets': { ordered: true } },

  examples: [
    {
      live: {
        id: '0fecaec4-7cd7-4e70-a760-cc7eaf5c3afb',
        name: 'shop tls',
        container_ref: 'https://barbican.example/v1/containers/0fecaec4-7cd7-4e70-a760-cc7eaf5c3afb',
        type: 'certificate',
        status: 'ACTIVE',
        secret_refs: [
          {
            name: 'private_key',
            secret_ref: 'https://barbican.example/v1/secrets/094a085d-fc06-4c1a-8c5d-ad0d49a0e1f1',
          },
          {
            name: 'certificate',
            secret_ref: 'https://barbican.example/v1/secrets/1be04b35-4a67-4b59-8b5d-6c9b6f3b9a10',
          },
        ],
        consumers: [{ name: 'octavia', URL: 'lbaas://RegionOne/loadbalancer/607226db-27ef-4d41-ae89-f2a800e9c2db' }],
        creator_id: '3a7e3d2421384f56a8fb6cf082a8efab',
        created: '2026-03-23T20:50:11.650515',
        updated: '2026-03-23T20:50:11.654116',
        'lifeboat:acl': { value: { read: { 'project-access': true } } },
      },
      keeps: {
        id: '0fecaec4-7cd7-4e70-a760-cc7eaf5c3afb',
        name: 'shop tls',
        spec: {
          name: 'shop tls',
          type: 'certificate',
          secret_names: ['certificate', 'private_key'],
          project_access: true,
        },
        refs: {
          secrets: [
            { kind: 'secret', id: '1be04b35-4a67-4b59-8b5d-6c9b6f3b9a10' },
            { kind: 'secret', id: '094a085d-fc06-4c1a-8c5d-ad0d49a0e1f1' },
          ],
        },
        observed: {
          status: 'ACTIVE',
          created: '2026-03-23T20:50:11.650515',
          creator_id: '3a7e3d2421384f56a8fb6cf082a8efab',
          consumers: [{ name: 'octavia', URL: 'lbaas://RegionOne/loadbalancer/607226db-27ef-4d41-ae89-f2a800e9c2db' }],
        },
      },
    },
  ],
});
