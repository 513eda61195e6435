import type { Live } from '@lifeboat/openstack-entity-api';
import type { Cloud } from '@lifeboat/openstack-client';
import { detect } from '../detect.ts';

interface Listed {
  readonly name: string;
  readonly count: number;
  readonly bytes: number;
}

/** Swift answers a bare array, and the next page begins after the last name. */
async function* containers(cloud: Cloud): AsyncGenerator<Live> {
  for (let marker: string | undefined = ''; marker !== undefined;) {
    const query = { format: 'json', ...(marker !== '' && { marker }) };
    const page: readonly Listed[] =
      (await cloud['object-store'].get<readonly Listed[] | undefined>('', { query })) ?? [];
    for (const listed of page) yield { ...listed, id: listed.name };
    marker = page.at(-1)?.name;
  }
}

/** Swift container, whose name is its identity. */
export const container = detect({
  kind: 'container',
  service: 'object-store',
  what: 'Swift containers',
  // An empty one would be worse than none: to an application "there is no such object" is data, and "there is no such container" an error.
  why: 'its objects are not replicated, and an empty container of its name would tell applications that they were deleted: let the object store carry both, by container sync or a second region',
  list: containers,
  observed: ['count', 'bytes'],
  live: {
    id: 'invoices',
    name: 'invoices',
    count: 1200,
    bytes: 73_400_320,
    last_modified: '2026-04-29T20:40:35.285820',
  },
});
