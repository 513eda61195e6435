export type { BlockDevice, Changes, Extent } from './device.ts';
export { rbd, rbdJson } from './devices/ceph.ts';
export type { CephCluster, RbdCall } from './devices/ceph.ts';
