import type { Json } from '@lifeboat/kernel';
import type { Cloud } from '@lifeboat/openstack-client';
import type { Captured, Entity, Live } from '@lifeboat/openstack-entity-api';
import { seen } from './barbican.ts';
import type { Seen } from './barbican.ts';

/** Joined from `/acl`, which no list tells. */
export const ACL = 'lifeboat:acl';

type Acl = { readonly read?: { readonly users?: readonly string[]; readonly 'project-access'?: boolean } };

/** One call. */
export const aclOf = (cloud: Cloud, path: string): Promise<Seen<Acl>> =>
  seen(cloud['key-manager'].get<Acl>(`${path}/acl`));

/** Whether the project may read it; who else may is evidence only, as users' ids are of one cloud. */
export function accessIn(live: Live): {
  readonly spec: Record<string, Json>;
  readonly observed: Record<string, Json>;
  readonly unseen: NonNullable<Captured['unseen']>;
} {
  const acl = (live[ACL] ?? { value: {} }) as Seen<Acl>;
  if ('unseen' in acl) return { spec: {}, observed: {}, unseen: [{ field: 'project_access', reason: acl.unseen }] };
  const { users = [], 'project-access': projectAccess = true } = acl.value.read ?? {};
  return {
    spec: { project_access: projectAccess },
    observed: users.length > 0 ? { readers: [...users].sort() } : {},
    unseen: [],
  };
}

/** Shuts the project out where it was shut out. May run twice. */
export async function setAccess(cloud: Cloud, path: string, kept: Entity): Promise<void> {
  if (kept.spec['project_access'] === false)
    await cloud['key-manager'].put(`${path}/acl`, { read: { 'project-access': false } });
}

export const accessNotes = ({
  spec,
  observed,
}: Entity): readonly { readonly field: string; readonly dropped: string }[] => [
  ...(Array.isArray(observed['readers'])
    ? [
        {
          field: 'acl users',
          dropped: `users named in its ACL (${observed['readers'].length}): their ids are of one cloud`,
        },
      ]
    : []),
  ...(spec['project_access'] === false
    ? [
        {
          field: 'creator',
          dropped:
            "it is shut to the project, and its creator is now the user of Lifeboat's credentials: name in its ACL who is to read it",
        },
      ]
    : []),
];
