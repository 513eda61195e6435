import { timedOut, unavailable } from '@lifeboat/kernel';
import type { LifeboatError } from '@lifeboat/kernel';
import type { CallFacts } from './http-errors.ts';
import { TRIES } from './retry.ts';

/** The connection was never made, so nothing was sent. */
const REFUSED = new Set(['ECONNREFUSED']);
const SILENT = new Set(['UND_ERR_CONNECT_TIMEOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN']);
/** The other side was refused by us before anything was sent: its certificate is not trusted. */
const UNTRUSTED = /^(CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|ERR_TLS_)/;
const TOO_LATE = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);

/** Why an exchange brought no answer. Stays inside the client: callers get `error`. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';

  constructor(
    readonly error: LifeboatError,
    /** May the server have got the request? */
    readonly sent: boolean,
    /** How many tries this is worth in all. */
    readonly worth: number,
    /** The host swallows connections: the breaker wants to know. */
    readonly silent: boolean,
  ) {
    super(error.message, { cause: error });
  }
}

const codeOf = (thrown: unknown): string | undefined =>
  (thrown as { code?: string } | undefined)?.code ?? (thrown as { cause?: { code?: string } } | undefined)?.cause?.code;

/** A connection that breaks ends the bytes that were being sent over it with its own error. What broke off their source is an error of ours. */
export const isOfConnection = (thrown: unknown): boolean => /^(EPIPE|ECONNRESET|UND_ERR_)/.test(codeOf(thrown) ?? '');

const reasonOf = (thrown: unknown): string =>
  codeOf(thrown) ?? (thrown instanceof Error ? thrown.message : 'no reason given');

const neverConnected = (code: string): boolean => SILENT.has(code) || REFUSED.has(code) || UNTRUSTED.test(code);

export function noAnswer(call: CallFacts, thrown: unknown): NoAnswer {
  const code = codeOf(thrown) ?? '';
  const silent = SILENT.has(code);
  const untrusted = UNTRUSTED.test(code);
  const unsent = neverConnected(code);
  // A silent host is asked once; a refusing one once more, a service may be restarting; a broken connection is worth all tries.
  const worth = silent || untrusted ? 1 : unsent || TOO_LATE.has(code) ? 2 : TRIES;
  return new NoAnswer(lostError(call, thrown), !unsent, worth, silent);
}

/** Not even tried: the host was silent a moment ago. */
export const stillSilent = (call: CallFacts, before: LifeboatError): NoAnswer =>
  new NoAnswer(unreachable(call, 'cannot be reached', 'it did not answer a moment ago', before), false, 1, false);

/** A connection that could not be made or broke, or an answer that did not come or stopped in its middle. */
export const lostError = (call: CallFacts, cause: unknown): LifeboatError =>
  TOO_LATE.has(codeOf(cause) ?? '')
    ? timedOut(
        'openstack-timeout',
        `${call.site} did not answer ${call.method} ${call.service} ${call.path} in time: ${reasonOf(cause)}.`,
        { data: { ...call }, mend: `Look at the load of ${call.service} at ${call.site}.`, cause },
      )
    : unreachable(
        call,
        neverConnected(codeOf(cause) ?? '') ? 'cannot be reached' : 'broke off',
        reasonOf(cause),
        cause,
      );

const unreachable = (call: CallFacts, what: string, why: string, cause: unknown): LifeboatError =>
  unavailable('site-unreachable', `${call.site} ${what} at ${call.method} ${call.service} ${call.path}: ${why}.`, {
    data: { ...call },
    mend: mendOf(call.site, codeOf(cause)),
    cause,
  });

const mendOf = (site: string, code: string | undefined): string =>
  code && UNTRUSTED.test(code)
    ? `Name the certificate authority of "${site}" as cacert in clouds.yaml.`
    : `Check that ${site} is up and can be reached from here.`;
