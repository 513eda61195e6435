import type { Json } from '@lifeboat/kernel';
import type { Captured, Live, Scope } from '@lifeboat/openstack-entity-api';
import { userMetadata, userTags } from '@lifeboat/openstack-entity-api';
import { ref, refs } from '../../fields.ts';
import { JOINED } from './list.ts';
import type { Joined } from './list.ts';
import { powerOf } from './states.ts';

const ROOT_DEVICE = /\/[a-z]*d?a$/;

export function captureServer(live: Live, scope: Scope): Captured {
  const { ports, volumes, group } = (live[JOINED] ?? { ports: [], volumes: [], group: undefined }) as Joined;
  const flavor = (live['flavor'] ?? {}) as { original_name?: string };
  const image = (live['image'] || {}) as { id?: string };
  const root = image.id ? undefined : (volumes.find((v) => ROOT_DEVICE.test(v.device)) ?? volumes[0]);
  const ordered = root ? [root, ...volumes.filter((v) => v !== root)] : volumes;
  const userData = live['OS-EXT-SRV-ATTR:user_data'];
  const visible = scope.isAdmin || userData !== undefined;
  return {
    id: live.id,
    name: String(live['name']),
    spec: {
      name: live['name'] as Json,
      description: (live['description'] ?? null) as Json,
      metadata: userMetadata(live['metadata']),
      tags: userTags(live['tags']) as Json,
      // Comes back as an empty string, which create refuses.
      config_drive: live['config_drive'] === true || live['config_drive'] === 'True',
      power: powerOf(live['status']),
      locked: live['locked'] === true,
      locked_reason: (live['locked_reason'] ?? null) as Json,
      boots_from: root ? 'volume' : 'image',
      availability_zone: (live['OS-EXT-AZ:availability_zone'] ?? '') as Json,
      // Shown since 2.96; before that nobody can tell, and no zone is asked for.
      pinned: typeof live['pinned_availability_zone'] === 'string',
      ...(typeof live['OS-EXT-SRV-ATTR:hostname'] === 'string' && { hostname: live['OS-EXT-SRV-ATTR:hostname'] }),
      disks: ordered.map((v, i) => ({
        boot_index: root && i === 0 ? 0 : -1,
        delete_on_termination: v.delete_on_termination,
      })),
      ...(visible && { user_data: (userData ?? null) as Json }),
    },
    refs: refs({
      flavor: ref('flavor', flavor.original_name),
      image: ref('image', image.id),
      keypair: ref('keypair', live['key_name']),
      group: ref('server-group', group),
      ports: ports.map((id) => ref('port', id)),
      volumes: ordered.map((v) => ref('volume', v.id)),
    }),
    observed: {
      status: (live['status'] ?? null) as Json,
      created: (live['created'] ?? null) as Json,
      flavor: flavor as Json,
    },
    ...(!visible && { unseen: [{ field: 'user_data', reason: 'Nova shows it to admins only' }] }),
  };
}
