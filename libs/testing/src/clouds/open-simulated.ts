import { openCloud } from '@lifeboat/openstack-client';
import type { Cloud } from '@lifeboat/openstack-client';
import type { Simulator } from '@lifeboat/openstack-simulator';

/** A simulated cloud of this process, by default as the member `demo`. */
export function openSimulated(simulator: Simulator, as?: Parameters<Simulator['cloudsYamlEntry']>[0]): Cloud {
  const { auth, region_name: region } = simulator.cloudsYamlEntry(as);
  return openCloud({
    name: simulator.settings.name,
    authUrl: auth.auth_url.replace(/\/v3$/, ''),
    region,
    interface: 'public',
    caFile: undefined,
    verify: true,
    auth: {
      type: 'password',
      username: auth.username,
      password: auth.password,
      userDomain: 'Default',
      project: { name: auth.project_name, domain: 'Default' },
    },
  });
}
