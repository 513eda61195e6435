import {
  conflict,
  external,
  forbidden,
  illegalState,
  invalidInput,
  LifeboatError,
  notFound,
  unavailable,
} from '@lifeboat/kernel';

export interface CallFacts {
  readonly site: string;
  readonly service: string;
  readonly method: string;
  readonly path: string;
}

/** The sentence in an error answer, whatever form the service gives it: `{"itemNotFound": {"message"}}`, `{"NeutronError": {"message"}}`, Glance's HTML. */
export function messageIn(body: string): string {
  try {
    const found = findMessage(JSON.parse(body));
    if (found) return found;
  } catch {
    // Not JSON: Glance and proxies answer in HTML or plain text.
  }
  return (
    body
      .replace(/<title>.*?<\/title>/s, '')
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim()
      .slice(0, 400) || 'no reason given'
  );
}

function findMessage(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const record = value as Record<string, unknown>;
  if (typeof record['message'] === 'string') return record['message'];
  for (const inner of Object.values(record)) {
    if (record['NeutronError'] === inner && typeof inner === 'string') return inner;
    const found = findMessage(inner);
    if (found) return found;
  }
  return undefined;
}

const isQuota = (status: number, message: string): boolean =>
  status === 413 || (/quota|exceeded|OverLimit/i.test(message) && (status === 403 || status === 409));

/** An answer that is no success as one of our errors, with everything needed to find the call in the cloud's own logs. */
export function errorOf(
  call: CallFacts,
  status: number,
  body: string,
  requestId: string | undefined,
  retryAfter: string | undefined,
): LifeboatError {
  const message = messageIn(body);
  const where = `${call.site} answered ${status} to ${call.method} ${call.service} ${call.path}: ${message}`;
  const data = {
    ...call,
    status,
    ...(requestId && { requestId }),
    ...(retryAfter && { retryAfter }),
    openstackMessage: message,
  };
  if (isQuota(status, message))
    return external('quota-exceeded', where, { data, mend: 'Raise the quota of the project, or free something.' });
  switch (status) {
    case 400:
      return invalidInput('openstack-rejected', where, { data });
    case 401:
      return forbidden('credentials-refused', where, {
        data,
        mend: `Correct the credentials of "${call.site}" in clouds.yaml.`,
      });
    case 403:
      return forbidden('openstack-forbidden', where, {
        data,
        mend: 'These credentials lack the right; see docs/reference/rights.md.',
      });
    case 404:
      return notFound('openstack-not-found', where, { data });
    case 409:
      return conflict('openstack-conflict', where, { data });
    case 429:
    case 500:
    case 502:
    case 503:
    case 504:
      return unavailable('openstack-unavailable', where, { data });
    default:
      return status >= 500
        ? unavailable('openstack-unavailable', where, { data })
        : illegalState('openstack-unexpected', where, { data });
  }
}

const NEVER_SENT = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'UND_ERR_CONNECT_TIMEOUT']);

export const codeOf = (thrown: unknown): string | undefined =>
  (thrown as { code?: string } | undefined)?.code ?? (thrown as { cause?: { code?: string } } | undefined)?.cause?.code;

/** Was the request provably not sent? Then even a create may be repeated. */
export const neverSent = (thrown: unknown): boolean => NEVER_SENT.has(codeOf(thrown) ?? '');

export function unreachable(call: CallFacts, cause: unknown): LifeboatError {
  return unavailable(
    'site-unreachable',
    `${call.site} cannot be reached for ${call.method} ${call.service} ${call.path}: ${codeOf(cause) ?? (cause instanceof Error ? cause.message : 'no reason given')}.`,
    {
      data: { ...call },
      mend: `Check that ${call.site} is up and can be reached from here.`,
      cause,
    },
  );
}

export const outcomeUnknown = (call: CallFacts, cause: unknown): LifeboatError =>
  external(
    'outcome-unknown',
    `${call.site} gave no readable answer to ${call.method} ${call.service} ${call.path}: it may have been carried out.`,
    { data: { ...call }, cause },
  );
