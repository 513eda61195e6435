import { illegalState, notFound } from '@lifeboat/kernel';
import { forEachService } from '@lifeboat/openstack-client';
import type { Cloud, ServiceClient, ServiceName } from '@lifeboat/openstack-client';
import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';

export interface MemoryThing {
  readonly id: string;
  readonly mark: Readonly<Record<string, string>>;
  readonly createdAt: string;
  bytes: Buffer;
  /** Bytes are all there. */
  whole: boolean;
}

/** The smallest cloud a driver can work on: collections of marked things with bytes, behind the same interface as a real one. */
export class MemoryCloud {
  private readonly things = new Map<string, Map<string, MemoryThing>>();

  constructor(readonly site: string) {}

  in(collection: string): Map<string, MemoryThing> {
    const found = this.things.get(collection) ?? new Map<string, MemoryThing>();
    this.things.set(collection, found);
    return found;
  }

  put(collection: string, bytes: Buffer, mark: MemoryThing['mark'] = {}, whole = true): MemoryThing {
    const thing = { id: randomUUID(), mark, createdAt: new Date().toISOString(), bytes, whole };
    this.in(collection).set(thing.id, thing);
    return thing;
  }

  get(collection: string, id: string): MemoryThing {
    const thing = this.in(collection).get(id);
    if (!thing) throw notFound('openstack-not-found', `${this.site} has no ${collection} ${id}.`);
    return thing;
  }

  connect(): Cloud {
    return {
      site: this.site,
      ...forEachService((name) => memoryService(this, name)),
      whoAmI: async () => ({
        userId: 'memory',
        projectId: 'memory',
        projectName: 'memory',
        roles: ['member'],
        isAdmin: false,
      }),
      has: async (service) => service === 'volume',
      close: async () => undefined,
    };
  }
}

const view = ({ id, mark, createdAt, whole }: MemoryThing) => ({ id, mark, createdAt, whole });

/** `POST /<collection>` with `{ mark, from?: { in, id } }`, lists by collection, bytes at `/<collection>/<id>`. */
function memoryService(cloud: MemoryCloud, name: ServiceName): ServiceClient {
  const at = (path: string): readonly [string, string] => {
    const [, collection = '', id = ''] = path.split('/');
    return [collection, id];
  };
  const answer = <T>(value: unknown): T => JSON.parse(JSON.stringify(value)) as T;
  const refuse = async (): Promise<never> => {
    throw illegalState('memory-cloud-cannot', 'The memory cloud cannot do that.');
  };
  return {
    name,
    microversion: async () => undefined,
    supports: async () => true,
    get: async <T>(path: string) => answer<T>(view(cloud.get(...at(path)))),
    async *list<T>(path: string) {
      for (const thing of cloud.in(at(path)[0]).values()) yield answer<T>(view(thing));
    },
    post: async <T>(path: string, body: unknown) => {
      const { mark, from } = body as { mark: MemoryThing['mark']; from?: { in: string; id: string } };
      const bytes = from ? Buffer.from(cloud.get(from.in, from.id).bytes) : Buffer.alloc(0);
      return answer<T>(view(cloud.put(at(path)[0], bytes, mark, from !== undefined)));
    },
    put: refuse,
    patch: refuse,
    delete: async (path) => cloud.in(at(path)[0]).delete(at(path)[1]),
    download: async (path) => {
      const { bytes } = cloud.get(...at(path));
      return { body: Readable.from([bytes]), size: bytes.length };
    },
    upload: async (path, body) => {
      const thing = cloud.get(...at(path));
      const chunks: Buffer[] = [];
      for await (const chunk of body as AsyncIterable<Buffer>) chunks.push(chunk);
      thing.bytes = Buffer.concat(chunks);
      thing.whole = true;
    },
  };
}
