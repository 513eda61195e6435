import { LifeboatError } from '@lifeboat/kernel';
import type { Readable } from 'node:stream';
import { answerBytes, beginsAt, wholeSize } from './answer-bytes.ts';
import type { CallOptions, ListOptions, ServiceClient, ServiceName } from './cloud.ts';
import { outcomeUnknown } from './http-errors.ts';
import type { Keystone } from './keystone.ts';
import { agreedMicroversion, atLeast } from './microversion.ts';
import type { VersionDocument } from './microversion.ts';
import { lostError } from './no-answer.ts';
import { firstPage, nextPage } from './paging.ts';
import { ServiceCaller } from './service-caller.ts';
import type { Call } from './service-caller.ts';
import { SharedWork } from './shared-work.ts';
import type { Transport } from './transport.ts';

type Page = Readonly<Record<string, unknown>>;
type PageAddress = { readonly path: string; readonly options: CallOptions };

const isMicroversioned = (name: ServiceName): name is 'compute' | 'volume' => name === 'compute' || name === 'volume';

/** See `ServiceClient`. */
export class HttpServiceClient implements ServiceClient {
  private agreed: { readonly version: string | undefined } | undefined;
  private agreeing: SharedWork<string | undefined> | undefined;

  private readonly caller: ServiceCaller;

  constructor(
    readonly name: ServiceName,
    transport: Transport,
    keystone: Keystone,
  ) {
    this.caller = new ServiceCaller(name, transport, keystone, (signal) => this.microversion(signal));
  }

  async microversion(signal?: AbortSignal): Promise<string | undefined> {
    if (this.agreed || !isMicroversioned(this.name)) return this.agreed?.version;
    const name = this.name;
    if (!this.agreeing || this.agreeing.ended)
      this.agreeing = new SharedWork(async (until) => agreedMicroversion(name, await this.versionDocument(until)));
    // Only what was agreed is remembered: the service may only have been away.
    this.agreed = { version: await this.agreeing.wait(signal) };
    return this.agreed.version;
  }

  private versionDocument(signal: AbortSignal): Promise<VersionDocument> {
    return this.caller.json({ method: 'GET', path: '/', options: { signal }, repeatable: true, discovery: true });
  }

  async supports(microversion: string, signal?: AbortSignal): Promise<boolean> {
    return atLeast(await this.microversion(signal), microversion);
  }

  get<T>(path: string, options: CallOptions = {}): Promise<T> {
    return this.caller.json<T>({ method: 'GET', path, options, repeatable: true });
  }

  async *list<T>(path: string, key: string, { ahead, ...options }: ListOptions = {}): AsyncGenerator<T> {
    const read = (next: PageAddress): Promise<Page> => this.get<Page>(next.path, next.options);
    let next: PageAddress | undefined = { path, options: firstPage(this.name, path, options) };
    let coming: Promise<Page> | undefined;
    const seen = new Set<string>();
    while (next) {
      const page: Page = await (coming ?? read(next));
      next = nextPage(page, key, path, options);
      // A server that names the same page for ever must not keep us for ever.
      if (next && seen.has(JSON.stringify(next.options.query))) next = undefined;
      if (next) seen.add(JSON.stringify(next.options.query));
      coming = ahead && next ? read(next) : undefined;
      coming?.catch(() => undefined); // Told when its turn comes.
      // Delegated to, an array would cost each of its items promises of their own.
      for (const item of (page[key] ?? []) as T[]) yield item;
    }
  }

  post<T>(path: string, body: unknown, options: CallOptions = {}): Promise<T> {
    return this.caller.json<T>({
      method: 'POST',
      path,
      options,
      repeatable: false,
      body: JSON.stringify(body),
      contentType: 'application/json',
    });
  }

  put<T>(path: string, body: unknown, options: CallOptions = {}): Promise<T> {
    return this.caller.json<T>({
      method: 'PUT',
      path,
      options,
      repeatable: false,
      body: JSON.stringify(body),
      contentType: 'application/json',
    });
  }

  patch<T>(path: string, body: unknown, options: CallOptions & { readonly contentType?: string } = {}): Promise<T> {
    return this.caller.json<T>({
      method: 'PATCH',
      path,
      options,
      repeatable: false,
      body: JSON.stringify(body),
      contentType: options.contentType ?? 'application/json',
    });
  }

  async delete(path: string, options: CallOptions = {}): Promise<boolean> {
    try {
      const answer = await this.caller.call({ method: 'DELETE', path, options, repeatable: true });
      await answer.text().catch(() => ''); // The status says that it was taken; the body says nothing.
      return true;
    } catch (thrown) {
      if (thrown instanceof LifeboatError && thrown.kind === 'not-found') return false;
      throw thrown;
    }
  }

  async download(
    path: string,
    options: CallOptions & { readonly from?: number } = {},
  ): Promise<{ readonly body: Readable; readonly size: number | undefined }> {
    const from = options.from ?? 0;
    const call = (range: Record<string, string>): Call => ({
      method: 'GET',
      path,
      options: { ...options, headers: { accept: 'application/octet-stream', ...range, ...options.headers } },
      repeatable: true,
    });
    const ranged = from > 0 ? { range: `bytes=${from}-` } : {};
    const answer = await this.caller.call(call(ranged)).catch((thrown: unknown) => {
      // Glance on Ceph refuses ranges (400) instead of ignoring them.
      if (from > 0 && thrown instanceof LifeboatError && thrown.kind === 'invalid-input')
        return this.caller.call(call({}));
      throw thrown;
    });
    const skipped = beginsAt(answer, from) ? 0 : from;
    return { body: answerBytes(answer, skipped, this.caller.facts(call({}))), size: wholeSize(answer) };
  }

  async upload(path: string, body: Readable, options: CallOptions & { readonly size?: number } = {}): Promise<void> {
    const headers = {
      ...(options.size !== undefined && { 'content-length': String(options.size) }),
      ...options.headers,
    };
    const call: Call = {
      method: 'PUT',
      path,
      options: { ...options, headers },
      repeatable: false,
      body,
      contentType: 'application/octet-stream',
    };
    // What broke the bytes off is told by the call; later errors of a stream that nobody needs any more are told to nobody.
    body.on('error', () => undefined);
    try {
      const answer = await this.caller.call(call);
      await answer.text().catch((thrown: Error) => {
        throw outcomeUnknown(this.caller.facts(call), lostError(this.caller.facts(call), thrown));
      });
    } finally {
      body.destroy(); // Refused before it was read, or in its middle: whatever feeds it must not wait for ever.
    }
  }
}
