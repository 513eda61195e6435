import { illegalState } from '@lifeboat/kernel';
import type { CallOptions, Cloud, ListOptions, ServiceClient } from '@lifeboat/openstack-client';

const READ_ONLY = () => Promise.reject(illegalState('site-read-only', 'A watched site is read and never written.'));

/**
 * A site that is only read: every call waits for its turn (`pace`) and ends when the signal is aborted, those under way too. Without a pace lists are read
 * ahead. It has whatever services the cloud has.
 */
export function reader(cloud: Cloud, signal: AbortSignal, pace?: () => Promise<void>): Cloud {
  const services = Object.entries(cloud)
    .filter((entry): entry is [string, ServiceClient] => isService(entry[1]))
    .map(([name, service]) => [name, readerOf(service, signal, pace)]);
  return {
    ...cloud,
    ...Object.fromEntries(services),
    whoAmI: () => cloud.whoAmI(signal),
    has: (service) => cloud.has(service, signal),
    close: () => Promise.resolve(),
  };
}

const isService = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'list' in value && 'get' in value;

function readerOf(service: ServiceClient, signal: AbortSignal, pace?: () => Promise<void>): ServiceClient {
  const ready = async (): Promise<void> => {
    signal.throwIfAborted();
    await pace?.();
    signal.throwIfAborted();
  };
  return {
    name: service.name,
    microversion: () => service.microversion(signal),
    supports: (microversion) => service.supports(microversion, signal),
    async get<T>(path: string, options: CallOptions = {}): Promise<T> {
      await ready();
      return service.get<T>(path, { ...options, signal });
    },
    list: <T>(path: string, key: string, options: ListOptions = {}) =>
      after(ready, service.list<T>(path, key, { ...options, signal, ahead: !pace })),
    post: READ_ONLY,
    put: READ_ONLY,
    patch: READ_ONLY,
    delete: READ_ONLY,
    download: READ_ONLY,
    upload: READ_ONLY,
  };
}

/** No generator around a generator: that would make promises for each of ten thousands of items. */
const after = <T>(ready: () => Promise<void>, items: AsyncIterable<T>): AsyncIterable<T> => ({
  [Symbol.asyncIterator]() {
    const inner = items[Symbol.asyncIterator]();
    let begun: Promise<void> | undefined;
    return {
      next: () => {
        if (begun) return inner.next();
        begun = ready();
        return begun.then(() => inner.next());
      },
      return: () => inner.return?.() ?? Promise.resolve({ done: true, value: undefined }),
    };
  },
});
