import { registry } from '@lifeboat/openstack-entity-api';
import { flavor } from './compute/flavor.ts';
import { keypair } from './compute/keypair.ts';
import { serverGroup } from './compute/server-group.ts';
import { server } from './compute/server/server.ts';
import { project } from './identity/project.ts';
import { image } from './image/image.ts';
import { floatingIp } from './network/floating-ip.ts';
import { network } from './network/network.ts';
import { port } from './network/port.ts';
import { routerInterface } from './network/router-interface.ts';
import { router } from './network/router.ts';
import { securityGroupRule } from './network/security-group-rule.ts';
import { securityGroup } from './network/security-group.ts';
import { subnet } from './network/subnet.ts';
import { volume } from './volume/volume.ts';

/** Every entity type that is carried. A new one is one file and one line here. */
export const entities = registry([
  project,
  flavor,
  keypair,
  serverGroup,
  server,
  image,
  network,
  subnet,
  router,
  routerInterface,
  securityGroup,
  securityGroupRule,
  port,
  floatingIp,
  volume,
]);

export { userProperties } from './image/image-properties.ts';
