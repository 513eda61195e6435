import { invalidInput } from '@lifeboat/kernel';
import { openCloud } from '@lifeboat/openstack-client';
import type { Cloud, CloudConfig } from '@lifeboat/openstack-client';
import { randomBytes } from 'node:crypto';

/** A project of its own with a user in it, made for one demo or test and removed after it. */
export interface Tenant {
  readonly projectId: string;
  readonly projectName: string;
  readonly userId: string;
  /** As an entry of clouds.yaml. */
  readonly entry: Readonly<Record<string, unknown>>;
  readonly config: CloudConfig;
  open(): Cloud;
  /** Removes user and project; what is in the project must be gone. */
  remove(): Promise<void>;
}

export type As = 'admin' | 'member';

/** Makes a tenant through Keystone. `admin`: its user is an admin of the cloud too; `member`: only a member's application credential is handed out. */
export async function makeTenant(
  admin: CloudConfig,
  as: As,
  name = `lifeboat-${randomBytes(4).toString('hex')}`,
): Promise<Tenant> {
  const root = openCloud(admin);
  const { isAdmin } = await root.whoAmI();
  if (!isAdmin)
    throw invalidInput(
      'admin-needed',
      `"${admin.name}" is no admin at its cloud, and a project of its own cannot be made without one.`,
      { mend: 'Name a cloud entry with the admin role.' },
    );
  const password = randomBytes(12).toString('hex');
  const { project } = await root.identity.post<{ project: { id: string } }>('/projects', {
    project: { name, domain_id: 'default', description: 'Made by Lifeboat; removed after use' },
  });
  const { user } = await root.identity.post<{ user: { id: string } }>('/users', {
    user: { name, domain_id: 'default', password, default_project_id: project.id },
  });
  for (const role of as === 'admin' ? ['admin', 'member'] : ['member']) {
    const { roles } = await root.identity.get<{ roles: { id: string }[] }>('/roles', { query: { name: role } });
    await root.identity.put(`/projects/${project.id}/users/${user.id}/roles/${roles[0]?.id}`, undefined);
  }
  const base = {
    name: admin.name,
    authUrl: admin.authUrl,
    region: admin.region,
    interface: admin.interface,
    caFile: admin.caFile,
    verify: admin.verify,
  };
  const byPassword: CloudConfig = {
    ...base,
    auth: {
      type: 'password',
      username: name,
      password,
      userDomain: 'Default',
      project: { id: project.id, domain: 'Default' },
    },
  };
  const config = as === 'member' ? { ...base, auth: await applicationCredential(byPassword, user.id) } : byPassword;
  return {
    projectId: project.id,
    projectName: name,
    userId: user.id,
    config,
    entry: entryOf(config),
    open: () => openCloud(config),
    remove: async () => {
      await root.identity.delete(`/users/${user.id}`);
      await root.identity.delete(`/projects/${project.id}`);
      await root.close();
    },
  };
}

async function applicationCredential(config: CloudConfig, userId: string): Promise<CloudConfig['auth']> {
  const cloud = openCloud(config);
  const { application_credential: made } = await cloud.identity.post<{
    application_credential: { id: string; secret: string };
  }>(`/users/${userId}/application_credentials`, { application_credential: { name: 'lifeboat' } });
  await cloud.close();
  return { type: 'application-credential', id: made.id, secret: made.secret };
}

function entryOf(config: CloudConfig): Record<string, unknown> {
  const common = {
    region_name: config.region,
    interface: config.interface,
    ...(config.caFile && { cacert: config.caFile }),
    verify: config.verify,
  };
  if (config.auth.type === 'application-credential')
    return {
      auth_type: 'v3applicationcredential',
      ...common,
      auth: {
        auth_url: `${config.authUrl}/v3`,
        application_credential_id: config.auth.id,
        application_credential_secret: config.auth.secret,
      },
    };
  const { username, password, project } = config.auth;
  return {
    ...common,
    auth: {
      auth_url: `${config.authUrl}/v3`,
      username,
      password,
      project_id: project.id,
      user_domain_name: 'Default',
      project_domain_name: 'Default',
    },
  };
}
