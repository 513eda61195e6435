import type { Json } from '@lifeboat/kernel';
import { LifeboatError } from '@lifeboat/kernel';
import { entity } from '@lifeboat/openstack-entity-api';
import type { Entity, Live } from '@lifeboat/openstack-entity-api';
import type { Cloud } from '@lifeboat/openstack-client';
import { created, found, many, one } from '../../fields.ts';
import { carryOverAnswers } from '../aftershocks/carry-over.ts';
import { guestShocks } from '../aftershocks/guest.ts';
import { flavorIdOf } from '../flavor-id.ts';
import { FLAVOR_NAME, serverBody, zoneOf } from './body.ts';
import { captureServer } from './capture.ts';
import { gatherForServers, getServer, listServers } from './list.ts';
import { rereadServer } from './reread.ts';
import { serverYields } from './yields.ts';
import { stateNote, stateRefusal } from './states.ts';

/** A hostname that is not made from the name. */
const HOSTNAME_SINCE = '2.90';
const LOCK_REASON_SINCE = '2.73';
const SNAPSHOT_REASON = 'the root disk comes from its replicated snapshot';

/** Missing since it was deleted; servers keep what it was. */
function embeddedFlavor(kept: Entity): readonly Entity[] {
  const {
    original_name: name,
    vcpus,
    ram,
    disk,
    ephemeral,
    swap,
    extra_specs,
  } = (kept.observed['flavor'] ?? {}) as Record<string, Json>;
  if (typeof name !== 'string') return [];
  const spec = {
    name,
    vcpus: vcpus ?? 0,
    ram: ram ?? 0,
    disk: disk ?? 0,
    ephemeral: ephemeral ?? 0,
    swap: swap ?? 0,
    extra_specs: extra_specs ?? {},
  };
  return [{ kind: 'flavor', id: name, name, spec, refs: {}, observed: { deleted: true } }];
}

/** Does the action; quiet when the server is in that state already (409). */
async function act(cloud: Cloud, id: string, action: Readonly<Record<string, unknown>>): Promise<void> {
  await cloud.compute.post(`/servers/${id}/action`, action).catch((thrown: unknown) => {
    if (!(thrown instanceof LifeboatError) || thrown.kind !== 'conflict') throw thrown;
  });
}

/** With its reason where Nova takes one. */
const lockOf = async (cloud: Cloud, kept: Entity): Promise<{ locked_reason: unknown } | null> =>
  typeof kept.spec['locked_reason'] === 'string' && (await cloud.compute.supports(LOCK_REASON_SINCE))
    ? { locked_reason: kept.spec['locked_reason'] }
    : null;

const isTrunk = ({ kind }: Entity): boolean => kind === 'trunk';

/** Nova server. A new server has a new id: what the guest derives from it (cloud-init's instance, disk serials) changes. */
export const server = entity({
  kind: 'server',
  service: 'compute',
  schema: 2,
  provision: 'created',
  summary:
    'Flavor, boot source and disks with their flags, NICs in order, keypair, server group, metadata, tags, description, user data (seen by admins only), config drive, hostname, lock with its reason, and whether it ran. Paused, suspended and shelved servers stand switched off; one in error, rescue or resize is refused, with how to mend it.',
  notKept: {
    'admin password, injected files': 'Nova tells nobody',
    'memory, NVRAM, vTPM': 'they are on the host; a paused or suspended server starts anew',
    'scheduler hints other than the group': 'not shown in the microversion spoken',
    'device tags, accessIPv4, accessIPv6': 'not captured yet',
    trusted_image_certificates: 'ids of one key manager',
  },

  list: listServers,
  gather: gatherForServers,
  get: getServer,
  reread: rereadServer,
  notified: {
    'compute.instance.': ['instance_id'],
    'instance.': ['nova_object.data/uuid'],
    // Which group it is in is a server's own affair too.
    'servergroup.': ['instance_uuids/*'],
    'server_group.': ['nova_object.data/members/*'],
  },
  capture: captureServer,
  implies: embeddedFlavor,
  refuses: stateRefusal,
  secrets: ['user_data'],
  // A port that a server has bound becomes no parent of a trunk.
  after: (self, all) => many(self, 'ports').flatMap((port) => all.referringTo(port).filter(isTrunk)),
  candidates: (cloud) => cloud.compute.list<Live>('/servers/detail', 'servers'),
  body: serverBody,
  async create(cloud, body) {
    const {
      [FLAVOR_NAME]: flavor,
      server: wanted,
      ...hints
    } = body as { [FLAVOR_NAME]: string; server: Record<string, unknown> };
    const { hostname, ...plain } = wanted;
    const named = hostname !== undefined && (await cloud.compute.supports(HOSTNAME_SINCE)) ? { hostname } : {};
    return created(cloud.compute, '/servers', 'server', {
      server: { ...plain, ...named, flavorRef: await flavorIdOf(cloud, flavor) },
      ...hints,
    });
  },
  state: (live) => {
    if (live['status'] === 'ACTIVE' || live['status'] === 'SHUTOFF') return 'ready';
    return live['status'] === 'ERROR' ? 'failed' : live['status'] === 'DELETED' ? 'gone' : 'pending';
  },
  async finish(cloud, id, kept) {
    if (kept.spec['power'] !== 'SHUTOFF' && kept.spec['locked'] !== true) return;
    const live = await found<Live>(cloud.compute.get(`/servers/${id}`), 'server');
    if (kept.spec['power'] === 'SHUTOFF' && live?.['status'] === 'ACTIVE') await act(cloud, id, { 'os-stop': null });
    if (kept.spec['locked'] === true && live?.['locked'] !== true)
      await act(cloud, id, { lock: await lockOf(cloud, kept) });
  },
  settled: (live, kept) => kept.spec['power'] !== 'SHUTOFF' || live['status'] === 'SHUTOFF',
  loosen: (cloud, id, kept) => (kept.spec['locked'] === true ? act(cloud, id, { unlock: null }) : Promise.resolve()),
  remove: async (cloud, id) => void (await cloud.compute.delete(`/servers/${id}`)),
  yields: serverYields,
  fields: (kept, to) => {
    const keypair = one(kept, 'keypair');
    const pinned = kept.spec['pinned'] === true || zoneOf(kept, to) !== undefined;
    return {
      'refs.ports': { ordered: true },
      'refs.volumes': { ordered: true },
      availability_zone: pinned ? { mapping: 'availabilityZone' } : { mapped: 'it was not pinned to its zone' },
      pinned: { mapped: 'a zone that a mapping names is pinned' },
      ...(kept.spec['hostname'] === undefined && { hostname: { mapped: 'the source does not show it' } }),
      ...(to.provided('server-root', kept.id) !== undefined && { 'refs.image': { mapped: SNAPSHOT_REASON } }),
      ...(keypair &&
        !to.captured(keypair) && { 'refs.keypair': { dropped: 'the key is not visible to these credentials' } }),
    };
  },
  notes: (kept, to) => [
    ...stateNote(kept),
    ...(kept.spec['boots_from'] === 'image' && to.provided('server-root', kept.id) === undefined && one(kept, 'image')
      ? [
          {
            field: 'root disk',
            dropped: 'the policy starts it from its image: what was written to its root disk since is dropped',
          },
        ]
      : []),
  ],
  aftershocks(kept, all, open) {
    const userData = open(kept.spec['user_data']);
    return [...guestShocks(kept, all, userData), ...carryOverAnswers(kept, all, userData)];
  },
  uses: (kept, all) => {
    const flavor = one(kept, 'flavor');
    const spec = (flavor && all.get(flavor)?.spec) ?? {};
    return {
      'compute:instances': 1,
      'compute:cores': Number(spec['vcpus'] ?? 0),
      'compute:ram': Number(spec['ram'] ?? 0),
    };
  },

  examples: [
    {
      live: {
        id: 'srv-1',
        name: 'web',
        description: null,
        status: 'ACTIVE',
        metadata: { role: 'web' },
        tags: ['shop'],
        config_drive: '',
        locked: true,
        locked_reason: 'do not touch',
        key_name: 'key-1',
        flavor: { original_name: 'tiny', vcpus: 1, ram: 128, disk: 1 },
        image: { id: 'img-1' },
        created: '2026-01-01T00:00:00Z',
        'OS-EXT-AZ:availability_zone': 'nova',
        'OS-EXT-SRV-ATTR:hostname': 'web',
        'OS-EXT-SRV-ATTR:user_data': 'I2Nsb3Vk',
        'lifeboat:joined': { ports: ['p1'], volumes: [], group: 'sg-1' },
      },
      keeps: {
        id: 'srv-1',
        name: 'web',
        spec: {
          name: 'web',
          description: null,
          metadata: { role: 'web' },
          tags: ['shop'],
          config_drive: false,
          power: 'ACTIVE',
          locked: true,
          locked_reason: 'do not touch',
          boots_from: 'image',
          availability_zone: 'nova',
          pinned: false,
          hostname: 'web',
          disks: [] as Json,
          user_data: 'I2Nsb3Vk',
        },
        refs: {
          flavor: { kind: 'flavor', id: 'tiny' },
          image: { kind: 'image', id: 'img-1' },
          keypair: { kind: 'keypair', id: 'key-1' },
          group: { kind: 'server-group', id: 'sg-1' },
          ports: [{ kind: 'port', id: 'p1' }],
        },
        observed: {
          status: 'ACTIVE',
          created: '2026-01-01T00:00:00Z',
          flavor: { original_name: 'tiny', vcpus: 1, ram: 128, disk: 1 },
        },
      },
    },
  ],
});
