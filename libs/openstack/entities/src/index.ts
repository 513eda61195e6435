import { registry } from '@lifeboat/openstack-entity-api';
import { flavor } from './compute/flavor.ts';
import { keypair } from './compute/keypair.ts';
import { serverGroup } from './compute/server-group.ts';
import { server } from './compute/server/server.ts';
import { ptrRecord } from './dns/ptr-record.ts';
import { recordSet } from './dns/recordset.ts';
import { zone } from './dns/zone.ts';
import { project } from './identity/project.ts';
import { quotaSet } from './identity/quota-set.ts';
import { roleAssignment } from './identity/role-assignment.ts';
import { image } from './image/image.ts';
import { secretContainer } from './key-manager/secret-container.ts';
import { secret } from './key-manager/secret.ts';
import { healthMonitor } from './load-balancer/health-monitor.ts';
import { l7Policy } from './load-balancer/l7-policy.ts';
import { l7Rule } from './load-balancer/l7-rule.ts';
import { listener } from './load-balancer/listener.ts';
import { loadBalancer } from './load-balancer/load-balancer.ts';
import { member } from './load-balancer/member.ts';
import { pool } from './load-balancer/pool.ts';
import { addressGroup } from './network/address-group.ts';
import { floatingIp } from './network/floating-ip.ts';
import { network } from './network/network.ts';
import { portForwarding } from './network/port-forwarding.ts';
import { port } from './network/port.ts';
import { qosPolicy } from './network/qos-policy.ts';
import { rbacPolicy } from './network/rbac-policy.ts';
import { routerInterface } from './network/router-interface.ts';
import { router } from './network/router.ts';
import { securityGroupRule } from './network/security-group-rule.ts';
import { securityGroup } from './network/security-group.ts';
import { subnetPool } from './network/subnet-pool.ts';
import { subnet } from './network/subnet.ts';
import { container } from './object-store/container.ts';
import { stack } from './orchestration/stack.ts';
import { share } from './share/share.ts';
import { groupType } from './volume/group-type.ts';
import { volumeGroup } from './volume/volume-group.ts';
import { volumeSnapshot } from './volume/volume-snapshot.ts';
import { volumeType } from './volume/volume-type.ts';
import { trunk } from './network/trunk.ts';
import { volume } from './volume/volume.ts';

/** Every entity type that is carried, or detected and said. A new one is one file and one line here. */
export const entities = registry([
  project,
  quotaSet,
  roleAssignment,
  flavor,
  keypair,
  serverGroup,
  server,
  image,
  qosPolicy,
  addressGroup,
  subnetPool,
  network,
  subnet,
  router,
  routerInterface,
  securityGroup,
  securityGroupRule,
  port,
  trunk,
  floatingIp,
  portForwarding,
  rbacPolicy,
  groupType,
  volume,
  volumeGroup,
  volumeSnapshot,
  volumeType,
  container,
  loadBalancer,
  pool,
  member,
  healthMonitor,
  listener,
  l7Policy,
  l7Rule,
  secret,
  secretContainer,
  zone,
  recordSet,
  ptrRecord,
  share,
  stack,
]);

export { userProperties } from './image/image-properties.ts';
