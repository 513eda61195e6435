import { LifeboatError } from '@lifeboat/kernel';
import type { Cloud } from '@lifeboat/openstack-client';
import type { Live } from '@lifeboat/openstack-entity-api';

/** Most a page may have; Barbican gives ten unless asked. */
const PAGE = 100;
/** Calls under way at once for what no list tells. */
const AT_ONCE = 8;
/** Shows who uses a secret; Barbicans without microversions take no notice. */
const WITH_CONSUMERS = { headers: { 'openstack-api-version': 'key-manager 1.1' } };

type Kind = 'secret' | 'container';

/** Barbican has links for ids. */
export const idIn = (link: unknown): string =>
  String(link)
    .split('/')
    .findLast((part) => part !== '') ?? '';

/** As the list tells of it: no payload, no metadata, no ACL. */
export async function* listed(cloud: Cloud, kind: Kind, name?: string): AsyncGenerator<Live> {
  const query = { limit: PAGE, ...(name !== undefined && { name }) };
  const all = cloud['key-manager'].list<Omit<Live, 'id'>>(`/${kind}s`, `${kind}s`, { query, ...WITH_CONSUMERS });
  for await (const live of all) yield { ...live, id: idIn(live[`${kind}_ref`]) };
}

/** `undefined` where it is not there, has expired, or is not for these credentials to see. */
export async function read(cloud: Cloud, kind: Kind, id: string): Promise<Live | undefined> {
  const live = await seen(cloud['key-manager'].get<Omit<Live, 'id'>>(`/${kind}s/${id}`, WITH_CONSUMERS));
  return 'value' in live ? { ...live.value, id } : undefined;
}

/** What was asked for, or why these credentials cannot have it. */
export type Seen<T> = { readonly value: T } | { readonly unseen: string };

/**
 * Anything that would be another answer tomorrow is thrown. That Barbican fails at one secret again and again (500, when the key it was encrypted with
 * is not there any more) must not stop the capture of all else.
 */
export async function seen<T>(call: Promise<T>): Promise<Seen<T>> {
  try {
    return { value: await call };
  } catch (thrown) {
    if (!(thrown instanceof LifeboatError)) throw thrown;
    const status = (thrown.data as { readonly status?: number } | undefined)?.status;
    if (thrown.code === 'openstack-forbidden')
      return { unseen: 'only its creator, or who is named in its ACL, may read it' };
    if (status === 404) return { unseen: 'it is not there any more' };
    if (status === 406) return { unseen: 'the key manager does not give it in the type it is kept in' };
    if (status === 500) return { unseen: 'the key manager fails to read it (500)' };
    throw thrown;
  }
}

/** A few side by side, in their order. */
export async function* joined(lives: AsyncIterable<Live>, join: (live: Live) => Promise<Live>): AsyncGenerator<Live> {
  let some: Live[] = [];
  for await (const live of lives) {
    some.push(live);
    if (some.length < AT_ONCE) continue;
    yield* await Promise.all(some.map(join));
    some = [];
  }
  yield* await Promise.all(some.map(join));
}
