import type { Json } from '@lifeboat/kernel';
import type { ServiceName } from '@lifeboat/openstack-client';
import type { Listed } from './script.ts';
import { READY } from './waits.ts';

export type Fields = Record<string, Json>;

/** Something that a call would have made, or changed, as the target would answer it. */
export interface RecordedObject {
  readonly service: ServiceName;
  /** `/networks` */
  readonly collection: string;
  /** Under which it stands in an answer; empty where the answer is the thing itself. */
  readonly key: string;
  readonly id: string;
  readonly fields: Fields;
}

/** Keypairs go by their name, and their lists wrap each of them. */
const BY_NAME: Readonly<Record<string, string>> = { '/os-keypairs': 'keypair' };
export const isByName = (collection: string): boolean => collection in BY_NAME;
export const itemOf = (collection: string): string | undefined => BY_NAME[collection];

/** What an answer says that the body did not: as large as can be, so that what only some targets need is recorded, and asked for by the script. */
const ASSUMED: Readonly<Record<string, Fields>> = { network: { mtu: 65_536 } };
/** Fields of answers that others refer to by more than an id. */
const ANSWERED: Readonly<Record<string, readonly string[]>> = { loadbalancer: ['vip_port_id'] };

export const collectionOf = (path: string): string => path.replace(/\/detail$/, '');

/** What stands at the target as far as calls were recorded. */
export class RecordedObjects {
  private readonly byPath = new Map<string, RecordedObject>();
  private readonly byCall = new Map<number, RecordedObject>();

  constructor(private readonly projectId: string) {}

  /** As a create call's answer would have it. */
  add(service: ServiceName, collection: string, key: string, body: Fields, n: number): RecordedObject {
    const prefix = key === '' ? `${n}` : `${n}.${key}`;
    const id = isByName(collection) ? String(body['name']) : `\${${prefix}.id}`;
    const answered = (ANSWERED[key] ?? []).map((field) => [field, `\${${prefix}.${field}}`] as const);
    const status = READY[key] ?? 'ACTIVE';
    const fields: Fields = {
      ...ASSUMED[key],
      ...structuredClone(body),
      ...Object.fromEntries(answered),
      id,
      project_id: this.projectId,
      status,
      provisioning_status: 'ACTIVE',
    };
    const object = this.put({ service, collection, key, id, fields });
    this.byCall.set(n, object);
    return object;
  }

  /** What a call has made, as it is now; as it was then where it has gone. */
  of(n: number): RecordedObject | undefined {
    const made = this.byCall.get(n);
    return made && (this.get(made.service, pathOf(made)) ?? made);
  }

  /** As they are now, whatever becomes of them. */
  copy(): RecordedObjects {
    const copied = new RecordedObjects(this.projectId);
    for (const [path, object] of this.byPath) copied.byPath.set(path, object);
    for (const [n, object] of this.byCall) copied.byCall.set(n, object);
    return copied;
  }

  /** Something that stands there, as it is from now on. */
  put(object: RecordedObject): RecordedObject {
    this.byPath.set(this.at(object.service, pathOf(object)), object);
    return object;
  }

  get(service: ServiceName, path: string): RecordedObject | undefined {
    return this.byPath.get(this.at(service, path));
  }

  remove(service: ServiceName, path: string): void {
    this.byPath.delete(this.at(service, path));
  }

  /** Those of a collection that fit the query, as far as they say anything of it. */
  list(service: ServiceName, { path, query }: Pick<Listed, 'path' | 'query'>): readonly RecordedObject[] {
    const collection = collectionOf(path);
    return [...this.byPath.values()].filter(
      (one) =>
        one.service === service &&
        one.collection === collection &&
        Object.entries(query).every(([name, wanted]) => {
          const held = one.fields[name];
          return held === undefined || typeof held === 'object' || String(held) === wanted;
        }),
    );
  }

  private readonly at = (service: ServiceName, path: string): string => `${service} ${path}`;
}

export const pathOf = ({ collection, id }: Pick<RecordedObject, 'collection' | 'id'>): string =>
  `${collection}/${isByName(collection) ? encodeURIComponent(id) : id}`;

export const answerOf = ({ key, fields }: RecordedObject): unknown => (key === '' ? fields : { [key]: fields });
export const itemIn = ({ collection, fields }: RecordedObject): unknown => {
  const item = itemOf(collection);
  return item === undefined ? fields : { [item]: fields };
};
