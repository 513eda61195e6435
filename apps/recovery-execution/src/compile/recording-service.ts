import type { Json } from '@lifeboat/kernel';
import { bug, illegalState, notFound } from '@lifeboat/kernel';
import type { CallOptions, ListOptions, ServiceClient } from '@lifeboat/openstack-client';
import { answerOf, collectionOf, itemIn, itemOf } from './recorded-objects.ts';
import type { Fields } from './recorded-objects.ts';
import type { About, Recorder, Written } from './recorder.ts';
import { isSymbolic } from './references.ts';
import type { Each, Listed } from './script.ts';

/** What Glance says of an image beside its properties, which alone Cinder takes over under their own names (https://docs.openstack.org/api-ref/image/v2/#show-image). */
const GLANCE_OWN: ReadonlySet<string> = new Set([
  'id',
  'name',
  'owner',
  'status',
  'visibility',
  'created_at',
  'updated_at',
  'os_hash_algo',
  'os_hash_value',
  'file',
  'self',
  'schema',
  'direct_url',
  'stores',
]);

/** Things that nobody asked for, of which nothing is known before: a group's own rules. One stands for all. */
const STRANGERS: Readonly<Record<string, string>> = { '/security-group-rules': 'security_group_id' };
const EACH = '${each.id}';

/** The code of what cannot be told without making it. */
export const NOT_RECORDABLE = 'not-recordable';

const notRecordable = (what: string) =>
  illegalState(NOT_RECORDABLE, `${what} can only be asked of what stands: it is not known before.`);

/** One service of the target, of which only reads are real. */
export class RecordingService implements ServiceClient {
  private each: Each | undefined;

  constructor(
    private readonly live: ServiceClient,
    private readonly recorder: Recorder,
    private readonly about: About | undefined,
  ) {}

  get name() {
    return this.live.name;
  }

  microversion(signal?: AbortSignal): Promise<string | undefined> {
    return this.live.microversion(signal);
  }

  supports(microversion: string, signal?: AbortSignal): Promise<boolean> {
    return this.live.supports(microversion, signal);
  }

  async get<T>(path: string, options?: CallOptions): Promise<T> {
    const known = this.recorder.objects.get(this.name, path);
    if (known) return structuredClone(answerOf(known)) as T;
    if (!isSymbolic(path))
      return structuredClone(await this.recorder.once(`${this.name} ${path}`, () => this.live.get<T>(path, options)));
    // What was recorded and is not there any more was removed.
    if (/^\/[\w-]+\/[^/]+$/.test(path)) throw notFound('openstack-not-found', `${path} is not there any more.`);
    throw notRecordable(`GET ${path}`);
  }

  async *list<T>(path: string, key: string, options: ListOptions = {}): AsyncGenerator<T> {
    const query = textsOf(options.query);
    const listed: Listed = { path, query, key, ...(itemOf(path) !== undefined && { item: itemOf(path) ?? '' }) };
    if (this.about?.as === 'look') this.recorder.listed.set(`${this.about.of.kind}/${this.about.of.id}`, listed);
    const recorded = this.recorder.objects.list(this.name, listed);
    if (!isSymbolic(path + JSON.stringify(query))) yield* structuredClone(await this.all<T>(path, key, options));
    for (const object of recorded) yield structuredClone(itemIn(object)) as T;
    const by = STRANGERS[collectionOf(path)];
    if (this.about?.as !== 'more' || by === undefined || !isSymbolic(query[by] ?? '')) return;
    this.each = { ...listed, except: recorded.map(({ id }) => id) };
    yield { id: EACH, [by]: query[by] } as T;
  }

  private all<T>(path: string, key: string, options: ListOptions): Promise<readonly T[]> {
    return this.recorder.once(`${this.name} ${path} ${JSON.stringify(options.query)}`, async () => {
      const items: T[] = [];
      for await (const item of this.live.list<T>(path, key, options)) items.push(item);
      return items;
    });
  }

  post<T>(path: string, body: unknown, options?: CallOptions): Promise<T> {
    return this.write<T>('POST', path, body, options);
  }

  put<T>(path: string, body: unknown, options?: CallOptions): Promise<T> {
    return this.write<T>('PUT', path, body, options);
  }

  async patch<T>(path: string, body: unknown, options?: CallOptions & { readonly contentType?: string }): Promise<T> {
    await this.know(path);
    return this.write<T>('PATCH', path, body, options);
  }

  async delete(path: string, options?: CallOptions): Promise<boolean> {
    await this.write('DELETE', path, undefined, options);
    return true;
  }

  async download(path: string): Promise<never> {
    throw notRecordable(`The bytes of ${path}`);
  }

  async upload(path: string): Promise<never> {
    throw notRecordable(`An upload to ${path}`);
  }

  private async write<T>(
    method: Written['method'],
    path: string,
    body: unknown,
    options: CallOptions & { readonly contentType?: string } = {},
  ): Promise<T> {
    if (!this.about || this.about.as === 'look')
      throw bug('write-while-reading', `${method} ${path} where only reads were expected.`);
    const microversion = options.microversion ?? (await this.live.microversion());
    const plain = body === undefined ? undefined : (JSON.parse(JSON.stringify(body)) as Json);
    const call = this.recorder.record(
      this.about,
      {
        service: this.name,
        method,
        path,
        ...(microversion !== undefined && { microversion }),
        ...(options.contentType !== undefined && { contentType: options.contentType }),
        ...(plain !== undefined && { body: plain }),
      },
      path.includes(EACH) && this.each ? { each: this.each } : {},
    );
    return (this.about.as === 'create' && method === 'POST' ? await this.made(call.n, path, plain as Fields) : {}) as T;
  }

  /** What the target would have answered. */
  private async made(n: number, path: string, body: Fields): Promise<unknown> {
    const key = keyOf(body);
    const inner = key === '' ? body : (body[key] as Fields);
    const more = await this.inherited(inner);
    return structuredClone(answerOf(this.recorder.objects.add(this.name, path, key, { ...inner, ...more }, n)));
  }

  /** A volume that is made of an image has what the image says of booting. */
  private async inherited({ imageRef }: Fields): Promise<Fields> {
    if (this.name !== 'volume' || typeof imageRef !== 'string') return {};
    const image = await this.recorder.reading.image.get<Fields>(`/images/${imageRef}`);
    const said = Object.entries(image).filter(([key, value]) => typeof value === 'string' && !GLANCE_OWN.has(key));
    return { volume_image_metadata: Object.fromEntries(said) };
  }

  /** Before something that stands there is changed: as it is now. */
  private async know(path: string): Promise<void> {
    if (this.recorder.objects.get(this.name, path) || isSymbolic(path)) return;
    const fields = await this.live.get<Fields>(path);
    const [, collection = '', id = ''] = /^(.+)\/([^/]+)$/.exec(path) ?? [];
    this.recorder.objects.put({ service: this.name, collection, key: '', id, fields });
  }
}

/** Designate and Glance take and answer the thing itself, all others wrap it. */
const keyOf = (body: Fields): string => {
  const [key, value] = Object.entries(body)[0] ?? ['', null];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? key : '';
};

const textsOf = (query: CallOptions['query']): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(query ?? {}).flatMap(([name, value]) =>
      value === undefined || Array.isArray(value) ? [] : [[name, String(value)]],
    ),
  );
