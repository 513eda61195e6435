import type { Readable } from 'node:stream';

/** What every cloud that is protected has. */
export const CORE_SERVICES = ['identity', 'compute', 'image', 'network', 'volume'] as const;

/** What a cloud may have or not; absent ones are reported as absent. */
export const FURTHER_SERVICES = [
  'dns',
  'key-manager',
  'load-balancer',
  'object-store',
  'orchestration',
  'share',
] as const;

export const SERVICE_NAMES = [...CORE_SERVICES, ...FURTHER_SERVICES] as const;

/** The OpenStack services Lifeboat talks to, by the short names used throughout; the catalog's types are mapped once, in the client. */
export type ServiceName = (typeof SERVICE_NAMES)[number];

/** One of something for each service. */
export const forEachService = <T>(make: (name: ServiceName) => T): Readonly<Record<ServiceName, T>> =>
  Object.fromEntries(SERVICE_NAMES.map((name) => [name, make(name)])) as Record<ServiceName, T>;

export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

export interface CallOptions {
  readonly query?: Query;
  /** Overrides the service's negotiated microversion for this call. */
  readonly microversion?: string;
  readonly signal?: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ListOptions extends CallOptions {
  /** Asks for the next page while one is worked on: two in memory, and one for nothing when the iteration stops early. */
  readonly ahead?: boolean;
}

/**
 * One service of one cloud as one user in one project. Paths are relative to the service's versioned root:
 * `compute.get('/servers/ID')`. Answers are parsed JSON, not validated: callers know their shape.
 *
 * Errors are LifeboatErrors with the code of what happened and `data: { site, service, method, path, status, requestId, retryAfter? }`:
 * `not-found` (404), `conflict` (409), `forbidden` (403), `invalid-input` `openstack-rejected` (400), `external` `quota-exceeded` (413/403 over quota),
 * `unavailable` `site-unreachable` / `openstack-unavailable` (connection refused, 5xx, 429 after all retries), `timeout` `openstack-timeout`,
 * and for mutating calls whose request may have been carried out although no answer came: `external` `outcome-unknown` (look before trying again).
 *
 * Reads and deletes are repeated on connection errors, 429 and 5xx, with back-off that respects Retry-After. A create (POST) is repeated only when
 * the server provably refused to handle it (429, 503 with Retry-After, connection refused before sending).
 */
export interface ServiceClient {
  readonly name: ServiceName;
  /** What is spoken: the negotiated microversion (`2.93`), or undefined for services without. */
  microversion(signal?: AbortSignal): Promise<string | undefined>;
  /** Whether the service offers this microversion or newer. */
  supports(microversion: string, signal?: AbortSignal): Promise<boolean>;

  get<T = unknown>(path: string, options?: CallOptions): Promise<T>;
  /** Every item of every page; `key` is the array's name in the answer. Streams: one page in memory, of a thousand items where the service lets us choose. */
  list<T = unknown>(path: string, key: string, options?: ListOptions): AsyncIterable<T>;
  /** POST that creates something or an action. Never blindly repeated. Answers `undefined` for an empty body. */
  post<T = unknown>(path: string, body: unknown, options?: CallOptions): Promise<T>;
  put<T = unknown>(path: string, body: unknown, options?: CallOptions): Promise<T>;
  /** `contentType` for Glance's JSON patch. */
  patch<T = unknown>(
    path: string,
    body: unknown,
    options?: CallOptions & { readonly contentType?: string },
  ): Promise<T>;
  /** Deletes; `false` when it was not there (404), so deleting twice is quiet. */
  delete(path: string, options?: CallOptions): Promise<boolean>;
  /** Bytes, streamed; `from` resumes by Range where the server supports it, else the client skips what was had. */
  download(
    path: string,
    options?: CallOptions & { readonly from?: number },
  ): Promise<{ readonly body: Readable; readonly size: number | undefined }>;
  /** Streams bytes up by PUT. Never repeated: the stream can be read once. */
  upload(path: string, body: Readable, options?: CallOptions & { readonly size?: number }): Promise<void>;
}

/** What the credentials may do, as Keystone says. */
export interface Identity {
  readonly userId: string;
  readonly projectId: string;
  readonly projectName: string;
  readonly roles: readonly string[];
  readonly isAdmin: boolean;
}

/** One site through one set of credentials, scoped to one project. */
export interface Cloud extends Readonly<Record<ServiceName, ServiceClient>> {
  readonly site: string;
  whoAmI(signal?: AbortSignal): Promise<Identity>;
  /** Services absent from the catalog are reported as absent, not as errors. */
  has(service: ServiceName, signal?: AbortSignal): Promise<boolean>;
  close(): Promise<void>;
}

/** One entry of clouds.yaml (with secure.yaml merged in). */
export interface CloudConfig {
  readonly name: string;
  readonly authUrl: string;
  readonly region: string | undefined;
  readonly interface: 'public' | 'internal' | 'admin';
  readonly auth:
    | {
        readonly type: 'password';
        readonly username: string;
        readonly password: string;
        readonly userDomain: string;
        readonly project: { readonly name?: string; readonly id?: string; readonly domain: string };
      }
    | { readonly type: 'application-credential'; readonly id: string; readonly secret: string };
  readonly caFile: string | undefined;
  readonly verify: boolean;
}
