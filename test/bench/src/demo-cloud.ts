import type { CloudConfig } from '@lifeboat/openstack-client';
import { SimulatedCloud } from '@lifeboat/testing';
import type { SimulatedCloudOptions } from '@lifeboat/testing';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A simulated cloud with a project `demo`, of which a benchmark wants the entities and not the bytes. */
export const cloudOf = (
  name: string,
  dir: string,
  more: Partial<Pick<SimulatedCloudOptions, 'delayMs'>> = {},
): Promise<SimulatedCloud> =>
  SimulatedCloud.start({
    name,
    dir: join(dir, name),
    backupDir: join(dir, 'backups'),
    gibBytes: 64 * 1024,
    imageBytes: 64 * 1024,
    guestEveryMs: 0,
    ...more,
  });

/** As the services see it: its project `demo`. */
export const demoOf = ({ admin }: SimulatedCloud): CloudConfig => ({
  ...admin,
  auth: { ...admin.auth, project: { name: 'demo', domain: 'Default' } } as CloudConfig['auth'],
});

/** As an administrator of the project, who sees all there is to see. */
function entryOf({ admin }: SimulatedCloud): unknown {
  const { authUrl, region, auth } = admin;
  const { username, password } = auth as { username: string; password: string };
  return {
    auth: {
      auth_url: `${authUrl}/v3`,
      username,
      password,
      project_name: 'demo',
      user_domain_name: 'Default',
      project_domain_name: 'Default',
    },
    region_name: region,
    interface: 'public',
    identity_api_version: 3,
  };
}

/** The clouds' file for services that are given the project `demo` of each. */
export function cloudsFileOf(clouds: readonly SimulatedCloud[], dir: string): string {
  const file = join(dir, 'clouds.yaml');
  const entries = Object.fromEntries(clouds.map((cloud) => [cloud.options.name, entryOf(cloud)]));
  writeFileSync(file, JSON.stringify({ clouds: entries }), { mode: 0o600 });
  return file;
}
