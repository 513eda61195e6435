import { asLifeboatError, LifeboatError } from '@lifeboat/kernel';
import type { Cloud, ServiceClient } from '@lifeboat/openstack-client';

interface Home {
  readonly service: (cloud: Cloud) => ServiceClient;
  readonly path: string;
  /** Of its answer, where it is not the whole. */
  readonly key?: string;
}

const HOMES: Readonly<Record<string, Home>> = {
  server: { service: (cloud) => cloud.compute, path: '/servers', key: 'server' },
  volume: { service: (cloud) => cloud.volume, path: '/volumes', key: 'volume' },
  image: { service: (cloud) => cloud.image, path: '/images' },
};

const isGone = (thrown: unknown): boolean => thrown instanceof LifeboatError && thrown.kind === 'not-found';

/** `gone`, or that it is on its way, or why it would not go. May be asked at any time, again and again. Throws what may pass by itself. */
export async function removeOriginal(
  cloud: Cloud,
  { kind, id }: { readonly kind: string; readonly id: string },
): Promise<'gone' | 'going' | { readonly why: string }> {
  const home = HOMES[kind];
  if (!home) return { why: `nothing is known of how to remove a ${kind}` };
  const [service, path] = [home.service(cloud), `${home.path}/${id}`];
  try {
    const answer = await service.get<Record<string, Record<string, unknown>>>(path);
    const live = home.key === undefined ? (answer as Record<string, unknown>) : (answer[home.key] ?? {});
    if (String(live['status']).toLowerCase() === 'deleting' || live['OS-EXT-STS:task_state'] === 'deleting')
      return 'going';
    // Nova refuses to remove what its user has locked.
    if (live['locked'] === true) await service.post(`${path}/action`, { unlock: null });
    await service.delete(path);
    return 'going';
  } catch (thrown) {
    if (isGone(thrown)) return 'gone';
    const error = asLifeboatError(thrown);
    // That the site is away says nothing of the original.
    if (error.retryable) throw thrown;
    return { why: error.message };
  }
}
