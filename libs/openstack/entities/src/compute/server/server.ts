import type { Json } from '@lifeboat/kernel';
import { LifeboatError, notFound } from '@lifeboat/kernel';
import { entity } from '@lifeboat/openstack-entity-api';
import type { Live } from '@lifeboat/openstack-entity-api';
import type { Cloud } from '@lifeboat/openstack-client';
import { created, found, one } from '../../fields.ts';
import { FLAVOR_NAME, serverBody } from './body.ts';
import { captureServer } from './capture.ts';
import { getServer, listServers } from './list.ts';

/** Tags in the create body (2.52). */
const CREATE_VERSION = '2.52';
const SNAPSHOT_REASON = 'the root disk comes from its replicated snapshot';

async function flavorIdOf(cloud: Cloud, name: string): Promise<string> {
  for await (const live of cloud.compute.list<Live>('/flavors', 'flavors')) if (live['name'] === name) return live.id;
  throw notFound('flavor-missing', `${cloud.site} has no flavor "${name}".`, {
    mend: 'Create it, or map the name to another one.',
  });
}

/** Does the action; quiet when the server is in that state already (409). */
async function act(cloud: Cloud, id: string, action: Readonly<Record<string, unknown>>): Promise<void> {
  await cloud.compute.post(`/servers/${id}/action`, action).catch((thrown: unknown) => {
    if (!(thrown instanceof LifeboatError) || thrown.kind !== 'conflict') throw thrown;
  });
}

/** Nova server. A new server has a new id: what the guest derives from it (cloud-init's instance, disk serials) changes. */
export const server = entity({
  kind: 'server',
  service: 'compute',
  schema: 1,
  provision: 'created',
  summary:
    'Flavor, boot source and disks with their flags, NICs in order, keypair, server group, metadata, tags, description, user data (seen by admins only), config drive, power state, lock. Not: admin password, injected files, NVRAM, vTPM, memory.',

  list: listServers,
  get: getServer,
  capture: captureServer,
  secrets: ['user_data'],
  candidates: (cloud) => cloud.compute.list<Live>('/servers/detail', 'servers'),
  body: serverBody,
  async create(cloud, body) {
    const {
      [FLAVOR_NAME]: flavor,
      server: wanted,
      ...hints
    } = body as { [FLAVOR_NAME]: string; server: Record<string, unknown> };
    return created(
      cloud.compute,
      '/servers',
      'server',
      { server: { ...wanted, flavorRef: await flavorIdOf(cloud, flavor) }, ...hints },
      CREATE_VERSION,
    );
  },
  state: (live) => {
    if (live['status'] === 'ACTIVE' || live['status'] === 'SHUTOFF') return 'ready';
    return live['status'] === 'ERROR' ? 'failed' : live['status'] === 'DELETED' ? 'gone' : 'pending';
  },
  async finish(cloud, id, kept) {
    const live = await found<Live>(cloud.compute.get(`/servers/${id}`), 'server');
    if (kept.spec['power'] === 'SHUTOFF' && live?.['status'] === 'ACTIVE') await act(cloud, id, { 'os-stop': null });
    if (kept.spec['locked'] === true && live?.['locked'] !== true) await act(cloud, id, { lock: null });
  },
  async remove(cloud, id, kept) {
    if (kept.spec['locked'] === true) await act(cloud, id, { unlock: null });
    await cloud.compute.delete(`/servers/${id}`);
    await whenGone(cloud, id);
  },
  fields: {
    'refs.image': { mapped: SNAPSHOT_REASON },
    'refs.keypair': { dropped: 'the key is not visible to these credentials' },
  },
  notes: (kept, to) =>
    kept.spec['boots_from'] === 'image' && to.provided('server-root', kept.id) === undefined && one(kept, 'image')
      ? [
          {
            field: 'root disk',
            dropped: 'the policy starts it from its image: what was written to its root disk since is dropped',
          },
        ]
      : [],
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
        locked: false,
        key_name: 'key-1',
        flavor: { original_name: 'tiny', vcpus: 1, ram: 128, disk: 1 },
        image: { id: 'img-1' },
        created: '2026-01-01T00:00:00Z',
        'OS-EXT-AZ:availability_zone': 'nova',
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
          locked: false,
          boots_from: 'image',
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
          availability_zone: 'nova',
          flavor: { original_name: 'tiny', vcpus: 1, ram: 128, disk: 1 },
        },
      },
    },
  ],
});

const GONE_TRIES = 240;

/** Ports and volumes of a server are free only when it is really gone. */
async function whenGone(cloud: Cloud, id: string): Promise<void> {
  for (let tries = 0; tries < GONE_TRIES; tries++) {
    if (!(await found<Live>(cloud.compute.get(`/servers/${id}`), 'server'))) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
