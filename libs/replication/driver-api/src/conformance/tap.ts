import { forEachService } from '@lifeboat/openstack-client';
import type { Cloud, ServiceClient } from '@lifeboat/openstack-client';

export interface Tap {
  /** Told before every call. */
  readonly call?: () => void;
  /** Told after every call that changed something; what it throws is thrown where the answer would have been. */
  readonly effect?: () => void;
}

function tapService(service: ServiceClient, tap: Tap): ServiceClient {
  const reading = async <T>(run: () => Promise<T>): Promise<T> => {
    tap.call?.();
    return run();
  };
  const changing = async <T>(run: () => Promise<T>): Promise<T> => {
    tap.call?.();
    const answer = await run();
    // A delete of what was not there changed nothing.
    if (answer !== false) tap.effect?.();
    return answer;
  };
  return {
    name: service.name,
    microversion: () => reading(() => service.microversion()),
    supports: (version) => reading(() => service.supports(version)),
    get: (path, options) => reading(() => service.get(path, options)),
    list: (path, key, options) => {
      tap.call?.();
      return service.list(path, key, options);
    },
    post: (path, body, options) => changing(() => service.post(path, body, options)),
    put: (path, body, options) => changing(() => service.put(path, body, options)),
    patch: (path, body, options) => changing(() => service.patch(path, body, options)),
    delete: (path, options) => changing(() => service.delete(path, options)),
    download: (path, options) => reading(() => service.download(path, options)),
    upload: (path, body, options) => changing(() => service.upload(path, body, options)),
  };
}

/** The same cloud, with an ear at every call. */
export const tapped = (cloud: Cloud, tap: Tap): Cloud => ({
  ...cloud,
  ...forEachService((name) => tapService(cloud[name], tap)),
  whoAmI: () => cloud.whoAmI(),
  has: (service) => cloud.has(service),
  close: async () => undefined,
});
