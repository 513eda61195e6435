import type { Cloud, ServiceClient } from '@lifeboat/openstack-client';

/**
 * The same cloud, asking each list only once: several types need the list of ports, and what is derived from it should be one moment's.
 * For one short-lived piece of work; keeps whole lists in memory. Calls that change something are not reflected.
 */
export function listsOnce(cloud: Cloud): Cloud {
  return {
    site: cloud.site,
    identity: once(cloud.identity),
    compute: once(cloud.compute),
    image: once(cloud.image),
    network: once(cloud.network),
    volume: once(cloud.volume),
    whoAmI: () => cloud.whoAmI(),
    has: (service) => cloud.has(service),
    close: () => cloud.close(),
  };
}

function once(service: ServiceClient): ServiceClient {
  const lists = new Map<string, Promise<readonly unknown[]>>();
  return {
    name: service.name,
    microversion: () => service.microversion(),
    supports: (microversion) => service.supports(microversion),
    get: (path, options) => service.get(path, options),
    async *list<T>(...asked: Parameters<ServiceClient['list']>): AsyncGenerator<T> {
      const key = JSON.stringify(asked);
      const items = lists.get(key) ?? Array.fromAsync(service.list<T>(...asked));
      lists.set(key, items);
      yield* (await items) as readonly T[];
    },
    post: (path, body, options) => service.post(path, body, options),
    put: (path, body, options) => service.put(path, body, options),
    patch: (path, body, options) => service.patch(path, body, options),
    delete: (path, options) => service.delete(path, options),
    download: (path, options) => service.download(path, options),
    upload: (path, body, options) => service.upload(path, body, options),
  };
}
