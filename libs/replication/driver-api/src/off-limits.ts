import { illegalState } from '@lifeboat/kernel';
import { forEachService } from '@lifeboat/openstack-client';
import type { Cloud, ServiceClient, ServiceName } from '@lifeboat/openstack-client';

function refuse(site: string): never {
  throw illegalState('primary-off-limits', `A driver called ${site}, which must not be touched now.`, {
    mend: 'This is a mistake in the driver: the verb has to work with its source lost.',
  });
}

function service(site: string, name: ServiceName): ServiceClient {
  const never = async (): Promise<never> => refuse(site);
  return {
    name,
    microversion: never,
    supports: never,
    get: never,
    post: never,
    put: never,
    patch: never,
    delete: never,
    download: never,
    upload: never,
    list: () => refuse(site),
  };
}

const OFF_LIMITS = Symbol('off-limits');

/** Whether this stands for a cloud that must not be touched. */
export const isOffLimits = (cloud: Cloud): boolean => OFF_LIMITS in cloud;

/** Stands for a cloud that must not be touched: knows its name, refuses all else, and needs no connection. */
export const offLimits = (site: string): Cloud & { readonly [OFF_LIMITS]: true } => ({
  [OFF_LIMITS]: true,
  site,
  ...forEachService((name) => service(site, name)),
  whoAmI: async () => refuse(site),
  has: async () => refuse(site),
  close: async () => undefined,
});
