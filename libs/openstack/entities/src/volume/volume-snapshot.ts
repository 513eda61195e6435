import { entity } from '@lifeboat/openstack-entity-api';
import type { Live } from '@lifeboat/openstack-entity-api';
import type { Cloud } from '@lifeboat/openstack-client';
import { found, pick, ref, refs } from '../fields.ts';

/** Members of a group snapshot are given no metadata: its description, which is theirs too, bears the mark. */
const isOurs = (live: Live): boolean =>
  Object.keys((live['metadata'] ?? {}) as object).some((key) => key.startsWith('lifeboat_')) ||
  String(live['description'] ?? '').startsWith('lifeboat lifeboat_point=');

/** The user's own: those that replication makes and drops all the time are nobody's loss. */
async function* usersOwn(cloud: Cloud): AsyncGenerator<Live> {
  for await (const live of cloud.volume.list<Live>('/snapshots/detail', 'snapshots')) if (!isOurs(live)) yield live;
}

/** Cinder snapshot. Comes with its volume, to be said. */
export const volumeSnapshot = entity({
  kind: 'volume-snapshot',
  service: 'volume',
  schema: 1,
  provision: 'reported',
  reported:
    "the user's own snapshots stay at the source: a copy is made from recovery points, and a snapshot of it would not hold what the old one did",
  summary: "Detected only: the user's own snapshots of protected volumes are named in the receipt and not carried.",

  list: usersOwn,
  async get(cloud, id) {
    const live = await found<Live>(cloud.volume.get(`/snapshots/${id}`), 'snapshot');
    return live && !isOurs(live) ? live : undefined;
  },
  notified: { 'snapshot.': ['snapshot_id'] },
  capture: (live) => ({
    id: live.id,
    name: String(live['name'] ?? ''),
    spec: {},
    refs: refs({ volume: ref('volume', live['volume_id']) }),
    observed: pick(live, 'description', 'size', 'status', 'metadata', 'created_at'),
  }),
  belongsTo: ['volume'],

  examples: [
    {
      live: {
        id: '8e0cf1b9-3267-4e6a-8b4b-70508aa9eec4',
        created_at: '2026-11-22T21:35:13.000000',
        updated_at: '2026-11-22T21:35:13.000000',
        name: 'db-1-data-snap',
        description: null,
        volume_id: 'da164ca8-a06e-4a46-b24e-2e05ef9f7e6c',
        status: 'available',
        size: 1,
        metadata: { by: 'seed' },
      },
      keeps: {
        id: '8e0cf1b9-3267-4e6a-8b4b-70508aa9eec4',
        name: 'db-1-data-snap',
        spec: {},
        refs: { volume: { kind: 'volume', id: 'da164ca8-a06e-4a46-b24e-2e05ef9f7e6c' } },
        observed: {
          description: null,
          size: 1,
          status: 'available',
          metadata: { by: 'seed' },
          created_at: '2026-11-22T21:35:13.000000',
        },
      },
    },
  ],
});
