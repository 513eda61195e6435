import type { Settings } from './settings.ts';

/** One cloud of a clouds.yaml, with its password: for test clouds only. */
export interface CloudsYamlEntry {
  readonly auth: {
    readonly auth_url: string;
    readonly username: string;
    readonly password: string;
    readonly project_name: string;
    readonly user_domain_name: string;
    readonly project_domain_name: string;
  };
  readonly region_name: string;
  readonly interface: 'public';
  readonly identity_api_version: 3;
}

export const cloudsYamlEntry = (
  settings: Settings,
  origin: string,
  as: { readonly username?: string; readonly project?: string } = {},
): CloudsYamlEntry => ({
  auth: {
    auth_url: `${origin}/identity/v3`,
    username: as.username ?? 'demo',
    password: settings.password,
    project_name: as.project ?? as.username ?? 'demo',
    user_domain_name: 'Default',
    project_domain_name: 'Default',
  },
  region_name: settings.region,
  interface: 'public',
  identity_api_version: 3,
});
