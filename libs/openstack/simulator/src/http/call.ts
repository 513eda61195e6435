import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { JsonObject } from './fields.ts';

/** Who calls, as the token says. */
export interface Caller {
  readonly tokenId: string;
  readonly userId: string;
  readonly userName: string;
  /** Empty for an unscoped token. */
  readonly projectId: string;
  readonly projectName: string;
  readonly roles: ReadonlySet<string>;
  readonly isAdmin: boolean;
}

/** One request on its way to a handler. */
export interface Call {
  readonly method: string;
  /** Below the service's prefix: `/v3/projects`. */
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** The parsed JSON body, `{}` without one. */
  readonly body: JsonObject;
  /** For bodies that are not JSON objects: the JSON as it came (Glance's patches are arrays). */
  readonly rawJson: unknown;
  /** For bytes. */
  readonly stream: IncomingMessage;
  readonly who: Caller;
  /** Minor part of the microversion spoken: 93 for 2.93. 0 in services without microversions. */
  readonly minor: number;
  /** Scheme and authority this cloud is reached at: for links. */
  readonly origin: string;
  readonly requestId: string;
  /** Objects younger than this are not listed yet (a programmed fault). */
  readonly listLagMs: number;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly bytes?: Readable;
}

export type Handler = (call: Call) => Answer | Promise<Answer>;

export interface Route {
  readonly method: string;
  /** `/servers/{id}/action`; a segment `{name}` matches anything but a slash. */
  readonly pattern: string;
  /** Answers without a token: discovery and authentication. */
  readonly open?: boolean;
  readonly handle: Handler;
}

export const ok = (body: unknown, headers?: Readonly<Record<string, string>>): Answer => ({
  status: 200,
  body,
  ...(headers && { headers }),
});
export const created = (body: unknown): Answer => ({ status: 201, body });
export const accepted = (body?: unknown, headers?: Readonly<Record<string, string>>): Answer => ({
  status: 202,
  ...(body !== undefined && { body }),
  ...(headers && { headers }),
});
export const noContent = (): Answer => ({ status: 204 });

const route =
  (method: string) =>
  (pattern: string, handle: Handler, open?: boolean): Route => ({ method, pattern, handle, ...(open && { open }) });
export const get = route('GET');
export const head = route('HEAD');
export const post = route('POST');
export const put = route('PUT');
export const patch = route('PATCH');
export const remove = route('DELETE');
