import type { Cloud } from '../cloud.ts';
import { makeFlavor } from '../compute/flavor-routes.ts';
import type { Caller } from '../http/call.ts';
import { offers } from '../network/network-extensions.ts';
import { makeNetwork } from '../network/network-routes.ts';
import { makeQosPolicy } from '../network/qos-routes.ts';
import { makeSubnet } from '../network/subnet-routes.ts';
import { makeProject } from '../identity/project-routes.ts';
import { assign, makeRole } from '../identity/role-routes.ts';
import { makeUser } from '../identity/user-routes.ts';
import { uuid } from '../state/identifiers.ts';
import { makeType } from '../volume/type-routes.ts';
import { seedGuestImage } from './guest-image.ts';

/** What Keystone's bootstrap leaves, plus the project `demo` with a member of the same name. */
function seedIdentity(cloud: Cloud): Caller {
  const { password } = cloud.settings;
  cloud.identity.domains.add({
    id: 'default',
    born: Date.now(),
    name: 'Default',
    description: 'The default domain',
    enabled: true,
  });
  const [admin, member, reader] = ['admin', 'member', 'reader'].map((name) => makeRole(cloud, name, true));
  if (admin === undefined || member === undefined || reader === undefined) throw new Error('no roles');
  const adminProject = makeProject(cloud, 'admin', { description: 'Bootstrap project for initializing the cloud.' });
  makeProject(cloud, 'service');
  const demo = makeProject(cloud, 'demo', { description: 'A tenant' });
  const root = makeUser(cloud, 'admin', password);
  const tenant = makeUser(cloud, 'demo', password, { defaultProjectId: demo.id });
  for (const projectId of [adminProject.id, demo.id]) assign(cloud, { userId: root.id, roleId: admin.id, projectId });
  assign(cloud, { userId: root.id, roleId: admin.id, system: true });
  for (const role of [member, reader]) assign(cloud, { userId: tenant.id, roleId: role.id, projectId: demo.id });
  return {
    tokenId: '',
    userId: root.id,
    userName: root.name,
    projectId: adminProject.id,
    projectName: adminProject.name,
    roles: new Set(['admin', 'member', 'reader']),
    isAdmin: true,
  };
}

function seedNetwork(cloud: Cloud, admin: Caller): void {
  const prefix = cloud.settings.floatingPrefix;
  const network = makeNetwork(cloud, admin.projectId, {
    name: 'public',
    'router:external': true,
    'provider:network_type': 'flat',
    'provider:physical_network': 'physnet1',
  });
  makeSubnet(cloud, network, admin.projectId, {
    name: 'public-subnet',
    cidr: `${prefix}.0/24`,
    ip_version: 4,
    gateway_ip: `${prefix}.1`,
    enable_dhcp: false,
    allocation_pools: [{ start: `${prefix}.10`, end: `${prefix}.200` }],
  });
}

/** The operator's, for every tenant: they may use policies, and not make them. */
function seedQos(cloud: Cloud, admin: Caller): void {
  const policy = makeQosPolicy(cloud, admin.projectId, { name: 'gold', shared: true });
  policy.rules.push({ id: uuid(), type: 'dscp_marking', values: { dscp_mark: 26 } });
}

/** What a cloud has before its first tenant comes: what the real test clouds have, and with QoS a policy. */
export async function seed(cloud: Cloud): Promise<void> {
  const admin = seedIdentity(cloud);
  makeType(cloud, '__DEFAULT__', { description: 'Default Volume Type' });
  makeType(cloud, 'standard');
  if (!cloud.settings.seed) return;
  makeFlavor(cloud, { name: 'tiny', vcpus: 1, ram: 128, disk: 1 });
  makeFlavor(cloud, { name: 'small', vcpus: 1, ram: 192, disk: 2 });
  makeFlavor(cloud, { name: 'diskless', vcpus: 1, ram: 128, disk: 0 });
  seedNetwork(cloud, admin);
  if (offers(cloud, 'qos')) seedQos(cloud, admin);
  await seedGuestImage(cloud, admin);
}
