import type { Cloud } from '../cloud.ts';
import type { Call } from '../http/call.ts';
import type { Resource } from './network-state.ts';
import { newResource } from './resource.ts';

/** Whether an RBAC policy lets a project have an object. */
export const isSharedWith = (cloud: Cloud, projectId: string, objectId: string): boolean =>
  cloud.network.rbacPolicies.some(
    (one) => one.objectId === objectId && (one.target === '*' || one.target === projectId),
  );

/** What Neutron calls `shared`: it says so of one's own object too, when a policy shares that with one's own project. */
export const isShared = (cloud: Cloud, call: Call, objectId: string): boolean =>
  isSharedWith(cloud, call.who.projectId, objectId);

/** That something is shared is nothing but a policy for all. */
export function setShared(cloud: Cloud, objectType: string, object: Resource, shared: boolean | undefined): void {
  const { rbacPolicies } = cloud.network;
  const old = rbacPolicies.find((one) => one.objectId === object.id && one.target === '*');
  if (shared === undefined || shared === (old !== undefined)) return;
  if (old !== undefined) rbacPolicies.delete(old.id);
  else
    rbacPolicies.add({
      ...newResource(object.projectId),
      objectType,
      objectId: object.id,
      action: 'access_as_shared',
      target: '*',
    });
}
