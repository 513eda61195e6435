import type { Live } from '@lifeboat/openstack-entity-api';
import { detect } from '../detect.ts';

/** Manila share. */
export const share = detect({
  kind: 'share',
  service: 'share',
  what: 'Manila shares',
  // An empty one would be worse than none: a guest that mounts it goes on, and writes where its files are missing.
  why: 'its files are not replicated, and an empty share would be served as if they had been deleted; a new one has another export path than the one that guests mount, too: replicate it by Manila, or restore it from a backup, and mount it from there',
  list: (cloud) => cloud.share.list<Live>('/shares/detail', 'shares'),
  observed: ['status', 'size', 'share_proto', 'share_type_name', 'is_public', 'created_at'],
  live: {
    id: '011d21e2-fbc3-4e4a-9993-9ea223f73264',
    name: 'shop-uploads',
    description: 'What customers send',
    status: 'available',
    size: 10,
    share_proto: 'NFS',
    share_type: '25747776-08e5-494f-ab40-a64b9d20d8f7',
    share_type_name: 'default',
    share_network_id: null,
    is_public: false,
    metadata: { tier: 'gold' },
    project_id: '16e1ab15c35a457e9c2b2aa189f544e1',
    created_at: '2026-09-18T10:25:24.000000',
  },
});
