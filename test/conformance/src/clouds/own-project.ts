import { openCloud } from '@lifeboat/openstack-client';
import type { Cloud, CloudConfig } from '@lifeboat/openstack-client';
import { randomBytes } from 'node:crypto';

export interface OwnProject {
  readonly cloud: Cloud;
  /** Of the same project, with an administrator's eyes. */
  readonly admin: Cloud;
  remove(): Promise<void>;
}

interface Named {
  readonly id: string;
  readonly name: string;
}

/** A project and a user of its own in a real cloud, with a member's rights or, in that project alone, an administrator's. */
export async function ownProject(admin: CloudConfig, rights: 'member' | 'admin'): Promise<OwnProject> {
  const root = openCloud(admin);
  const name = `lifeboat-test-${randomBytes(4).toString('hex')}`;
  const password = randomBytes(12).toString('hex');
  const { project } = await root.identity.post<{ project: Named }>('/projects', {
    project: { name, domain_id: 'default' },
  });
  const { user } = await root.identity.post<{ user: Named }>('/users', {
    user: { name, password, domain_id: 'default', default_project_id: project.id },
  });
  const { roles } = await root.identity.get<{ roles: Named[] }>('/roles');
  for (const wanted of rights === 'admin' ? ['member', 'admin'] : ['member']) {
    const role = roles.find((one) => one.name === wanted);
    if (role) await root.identity.put(`/projects/${project.id}/users/${user.id}/roles/${role.id}`, undefined);
  }
  const auth = {
    type: 'password',
    username: name,
    password,
    userDomain: 'Default',
    project: { name, domain: 'Default' },
  } as const;
  const cloud = openCloud({ ...admin, auth });
  return {
    cloud,
    admin: root,
    async remove() {
      await cloud.close();
      await root.identity.delete(`/users/${user.id}`);
      await root.identity.delete(`/projects/${project.id}`);
      await root.close();
    },
  };
}
