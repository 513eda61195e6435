import { buffer } from 'node:stream/consumers';
import type { Cloud } from '@lifeboat/openstack-client';
import type { Live } from '@lifeboat/openstack-entity-api';
import { seen } from './barbican.ts';
import type { Seen } from './barbican.ts';

/** Joined from `/payload`, which no list tells. */
export const PAYLOAD = 'lifeboat:payload';

/** What is remembered of one cloud's payloads, in characters. */
const REMEMBERED = 4 * 1024 * 1024;

/**
 * Barbican takes a payload once and never changes it: it is read once as long as a cloud is open, which also keeps Barbican's own record of who
 * decrypted what readable. In memory only, and bounded.
 */
class Payloads {
  private readonly byId = new Map<string, string>();
  private size = 0;

  get(id: string): string | undefined {
    return this.byId.get(id);
  }

  remember(id: string, payload: string): void {
    this.byId.set(id, payload);
    this.size += payload.length;
    for (const [oldest, { length }] of this.byId) {
      if (this.size <= REMEMBERED) return;
      this.byId.delete(oldest);
      this.size -= length;
    }
  }
}

const payloadsOf = new WeakMap<Cloud, Payloads>();

export const contentTypeOf = (live: Live): string | undefined =>
  (live['content_types'] as { readonly default?: string } | null | undefined)?.default;

/** Texts are kept as they are, bytes in base64. */
export const isText = (contentType: string | undefined): boolean => contentType?.startsWith('text/plain') === true;

/** One call, the first time; none for a secret that has no payload yet. */
export async function payloadOf(cloud: Cloud, live: Live): Promise<Seen<string | undefined>> {
  const accept = contentTypeOf(live);
  if (accept === undefined) return { value: undefined };
  const known = payloadsOf.get(cloud) ?? new Payloads();
  payloadsOf.set(cloud, known);
  const remembered = known.get(live.id);
  if (remembered !== undefined) return { value: remembered };
  const got = await seen(download(cloud, live.id, accept));
  if ('unseen' in got) return got;
  const payload = got.value.toString(isText(accept) ? 'utf8' : 'base64');
  known.remember(live.id, payload);
  return { value: payload };
}

async function download(cloud: Cloud, id: string, accept: string): Promise<Buffer> {
  const { body } = await cloud['key-manager'].download(`/secrets/${id}/payload`, { headers: { accept } });
  return buffer(body);
}

/** As Barbican keeps what comes in the body that creates it: of a text the outer white space goes. */
export const asStored = (payload: string, contentType: unknown): string =>
  typeof contentType === 'string' && isText(contentType) ? payload.trim() : payload;
