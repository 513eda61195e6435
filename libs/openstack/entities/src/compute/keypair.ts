import { entity } from '@lifeboat/openstack-entity-api';
import type { Live } from '@lifeboat/openstack-entity-api';
import type { Cloud } from '@lifeboat/openstack-client';
import { byName, found, pick, refs } from '../fields.ts';

/** Keypairs have no id of their own: their name is one, per user. */
async function* keypairs(cloud: Cloud): AsyncGenerator<Live> {
  for await (const { keypair } of cloud.compute.list<{ keypair: Record<string, unknown> }>('/os-keypairs', 'keypairs'))
    yield { ...keypair, id: String(keypair['name']) };
}

/** Nova keypair of the user whose credentials capture; other users' keys are an admin's to see. Private keys cannot be read anywhere. */
export const keypair = entity({
  kind: 'keypair',
  service: 'compute',
  schema: 1,
  provision: 'created',
  summary: 'Public key, type and name, of the capturing user; the private key exists only with its owner.',

  list: (cloud) => keypairs(cloud),
  async get(cloud, name) {
    const live = await found<Live>(cloud.compute.get(`/os-keypairs/${encodeURIComponent(name)}`), 'keypair');
    return live && { ...live, id: name };
  },
  notified: { 'keypair.': ['key_name', 'nova_object.data/name'] },
  capture: (live) => ({
    id: live.id,
    name: live.id,
    spec: { name: live.id, type: 'ssh', ...pick(live, 'type', 'public_key') },
    refs: refs({}),
    observed: pick(live, 'fingerprint'),
  }),
  find: (cloud, kept, to) => byName(keypairs(cloud), kept, to, 'keypair'),
  candidates: (cloud) => keypairs(cloud),
  naturalKey: { kept: (kept, to) => to.mapped('keypair', kept.name), live: (live) => live.id },
  body: (kept) => ({
    keypair: { name: kept.spec['name'], public_key: kept.spec['public_key'], type: kept.spec['type'] },
  }),
  create: async (cloud, body) => {
    await cloud.compute.post('/os-keypairs', body);
    return String((body['keypair'] as { name: string }).name);
  },
  remove: async (cloud, name) => void (await cloud.compute.delete(`/os-keypairs/${encodeURIComponent(name)}`)),
  staged: (kept) => kept,

  examples: [
    {
      live: { id: 'key-1', name: 'key-1', type: 'ssh', public_key: 'ssh-ed25519 AAAA', fingerprint: 'aa:bb' },
      keeps: {
        id: 'key-1',
        name: 'key-1',
        spec: { name: 'key-1', type: 'ssh', public_key: 'ssh-ed25519 AAAA' },
        refs: {},
        observed: { fingerprint: 'aa:bb' },
      },
    },
  ],
});
