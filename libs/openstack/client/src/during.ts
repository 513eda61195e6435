import type { CallOptions, Cloud, ServiceClient } from './cloud.ts';

/** The same cloud for as long as `signal` is not aborted: every call, and every page of a list, ends with it. */
export function during(cloud: Cloud, signal: AbortSignal): Cloud {
  return {
    site: cloud.site,
    identity: serviceDuring(cloud.identity, signal),
    compute: serviceDuring(cloud.compute, signal),
    image: serviceDuring(cloud.image, signal),
    network: serviceDuring(cloud.network, signal),
    volume: serviceDuring(cloud.volume, signal),
    whoAmI: (own = signal) => cloud.whoAmI(own),
    has: (service, own = signal) => cloud.has(service, own),
    close: () => cloud.close(),
  };
}

function serviceDuring(service: ServiceClient, signal: AbortSignal): ServiceClient {
  const until = <O extends CallOptions>(options?: O): O & CallOptions => ({ signal, ...(options as O) });
  return {
    name: service.name,
    microversion: (own = signal) => service.microversion(own),
    supports: (microversion, own = signal) => service.supports(microversion, own),
    get: (path, options) => service.get(path, until(options)),
    list: (path, key, options) => service.list(path, key, until(options)),
    post: (path, body, options) => service.post(path, body, until(options)),
    put: (path, body, options) => service.put(path, body, until(options)),
    patch: (path, body, options) => service.patch(path, body, until(options)),
    delete: (path, options) => service.delete(path, until(options)),
    download: (path, options) => service.download(path, until(options)),
    upload: (path, body, options) => service.upload(path, body, until(options)),
  };
}
