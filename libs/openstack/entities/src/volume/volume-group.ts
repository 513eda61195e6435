import { canonicalJson } from '@lifeboat/kernel';
import type { Json } from '@lifeboat/kernel';
import { entity } from '@lifeboat/openstack-entity-api';
import type { Entity, Live, Target } from '@lifeboat/openstack-entity-api';
import type { Cloud } from '@lifeboat/openstack-client';
import { byText, created, defined, found, many, one, ref, refs } from '../fields.ts';

/** Groups name their types by ids of one cloud; the names are joined from the lists of types. */
const NAMES = 'lifeboat:names';

async function typeNames(cloud: Cloud): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  const collect = async (types: AsyncIterable<Live>): Promise<void> => {
    for await (const { id, name } of types) names.set(id, String(name));
  };
  await Promise.all([
    collect(cloud.volume.list<Live>('/group_types', 'group_types')),
    collect(cloud.volume.list<Live>('/types', 'volume_types', { query: { is_public: 'None' } })),
  ]);
  return names;
}

const idsOfTypes = (live: Live): readonly string[] => [
  String(live['group_type']),
  ...((live['volume_types'] ?? []) as readonly string[]),
];

const named = (live: Live, names: ReadonlyMap<string, string>): Live => ({
  ...live,
  [NAMES]: Object.fromEntries(idsOfTypes(live).map((id) => [id, names.get(id)])),
});

async function* listGroups(cloud: Cloud): AsyncGenerator<Live> {
  let names: ReadonlyMap<string, string> | undefined;
  for await (const live of cloud.volume.list<Live>('/groups/detail', 'groups'))
    yield named(live, (names ??= await typeNames(cloud)));
}

async function getGroup(cloud: Cloud, id: string): Promise<Live | undefined> {
  const live = await found<Live>(cloud.volume.get(`/groups/${id}`), 'group');
  return live && named(live, await typeNames(cloud));
}

/** What is in a group at the target: ids. */
async function membersOf(cloud: Cloud, id: string): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const volume of cloud.volume.list<Live>('/volumes/detail', 'volumes'))
    if (volume['group_id'] === id) ids.push(volume.id);
  return ids;
}

/** Volumes that were in it and stand at the target, and are not in it yet. Cinder refuses an update that changes nothing. */
async function missing(cloud: Cloud, id: string, kept: Entity, to: Target): Promise<readonly string[]> {
  const there = await membersOf(cloud, id);
  return to.all
    .referringTo(kept)
    .filter((entity) => entity.kind === 'volume')
    .map((volume) => to.maybe(volume))
    .filter((volume) => volume !== undefined)
    .filter((volume) => !there.includes(volume));
}

const typesIn = (live: Live): { readonly type: string | undefined; readonly types: readonly string[] } => {
  const names = (live[NAMES] ?? {}) as Readonly<Record<string, string | undefined>>;
  const [type, ...types] = idsOfTypes(live).map((id) => names[id]);
  return { type, types: types.filter((name) => name !== undefined) };
};

const keyOf = (name: unknown, description: unknown, type: unknown, types: readonly unknown[]): string =>
  canonicalJson([name ?? '', description ?? '', type ?? null, byText(types)] as Json);

/**
 * Cinder's generic volume group. Its description is the only place for a mark, and the user's: the stored intent and its looks tell ours from others'.
 * Volumes refer to it, so that one protected volume does not pull in the others of its group.
 */
export const volumeGroup = entity({
  kind: 'volume-group',
  service: 'volume',
  schema: 1,
  provision: 'created',
  summary: 'Name, description, group type, volume types, and which of the protected volumes are in it.',
  notKept: {
    group_snapshots: 'snapshots stay at the source; points of the volumes are carried instead',
    replication_status: "replication of a group is the storage's own, set up by the operator",
    availability_zone: "the target's zones are its own",
  },

  list: listGroups,
  get: getGroup,
  notified: { 'group.': ['group_id'] },
  capture: (live) => {
    const { type, types } = typesIn(live);
    return {
      id: live.id,
      name: String(live['name'] ?? ''),
      spec: { name: (live['name'] ?? '') as Json, description: (live['description'] ?? '') as Json },
      refs: refs({
        type: ref('group-type', type),
        volumeTypes: types.map((name) => ref('volume-type', name)),
      }),
      observed: { status: (live['status'] ?? null) as Json },
    };
  },
  candidates: listGroups,
  naturalKey: {
    kept: (kept, to) =>
      keyOf(
        kept.spec['name'],
        kept.spec['description'],
        to.maybe(one(kept, 'type')),
        many(kept, 'volumeTypes').map((volumeType) => to.maybe(volumeType)),
      ),
    live: (live) => {
      const { type, types } = typesIn(live);
      return keyOf(live['name'], live['description'], type, types);
    },
  },
  body: (kept, to) => {
    const type = one(kept, 'type');
    return {
      group: defined({
        name: kept.spec['name'],
        description: kept.spec['description'],
        group_type: type && to.id(type),
        volume_types: many(kept, 'volumeTypes').map((volumeType) => to.id(volumeType)),
      }),
    };
  },
  create: (cloud, body) => created(cloud.volume, '/groups', 'group', body),
  state: ({ status }) => (status === 'available' ? 'ready' : status === 'error' ? 'failed' : 'pending'),
  async finish(cloud, id, kept, to) {
    const add = await missing(cloud, id, kept, to);
    if (add.length > 0) await cloud.volume.put(`/groups/${id}`, { group: { add_volumes: add.join(',') } });
  },
  settled: ({ status }) => status !== 'updating',
  // With volumes in it Cinder refuses its removal, or takes them along.
  async loosen(cloud, id) {
    const members = await membersOf(cloud, id);
    if (members.length > 0) await cloud.volume.put(`/groups/${id}`, { group: { remove_volumes: members.join(',') } });
  },
  async remove(cloud, id) {
    if (await found<Live>(cloud.volume.get(`/groups/${id}`), 'group'))
      await cloud.volume.post(`/groups/${id}/action`, { delete: { 'delete-volumes': false } });
  },
  uses: () => ({ 'volume:groups': 1 }),

  examples: [
    {
      live: {
        id: '6f519a48-3183-46cf-a32f-41815f813986',
        name: 'orders',
        description: 'Data and log',
        status: 'available',
        availability_zone: 'nova',
        created_at: '2026-11-22T21:35:13.000000',
        group_type: '6685584b-1eac-4da6-b5c3-555430cf68ff',
        volume_types: ['b5931a63-4c8f-479b-b24a-dee63c55711c'],
        replication_status: 'disabled',
        'lifeboat:names': {
          '6685584b-1eac-4da6-b5c3-555430cf68ff': 'together',
          'b5931a63-4c8f-479b-b24a-dee63c55711c': 'standard',
        },
      },
      keeps: {
        id: '6f519a48-3183-46cf-a32f-41815f813986',
        name: 'orders',
        spec: { name: 'orders', description: 'Data and log' },
        refs: {
          type: { kind: 'group-type', id: 'together' },
          volumeTypes: [{ kind: 'volume-type', id: 'standard' }],
        },
        observed: { status: 'available' },
      },
    },
  ],
});
