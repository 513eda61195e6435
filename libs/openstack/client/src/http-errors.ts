import { conflict, external, forbidden, illegalState, invalidInput, notFound, unavailable } from '@lifeboat/kernel';
import type { LifeboatError } from '@lifeboat/kernel';
import { withoutSecrets } from './secrets.ts';

export interface CallFacts {
  readonly site: string;
  readonly service: string;
  readonly method: string;
  readonly path: string;
}

const LONGEST = 400;

/** The sentence in an error answer, whatever form the service gives it: `{"itemNotFound": {"message"}}`, `{"NeutronError": {"message"}}`, Octavia's `faultstring`, Glance's HTML. */
export function messageIn(body: string, secrets: readonly string[] = []): string {
  return withoutSecrets(sentenceIn(body), secrets).slice(0, LONGEST) || 'no reason given';
}

function sentenceIn(body: string): string {
  try {
    const found = findMessage(JSON.parse(body));
    if (found) return found;
  } catch {
    // Not JSON: Glance and proxies answer in HTML or plain text.
  }
  return body
    .replace(/<title>.*?<\/title>/s, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

function findMessage(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const record = value as Record<string, unknown>;
  if (typeof record['message'] === 'string') return record['message'];
  if (typeof record['faultstring'] === 'string') return record['faultstring'];
  // Barbican.
  if (typeof record['description'] === 'string' && 'title' in record) return record['description'];
  for (const inner of Object.values(record)) {
    if (record['NeutronError'] === inner && typeof inner === 'string') return inner;
    const found = findMessage(inner);
    if (found) return found;
  }
  return undefined;
}

// Nova "Quota exceeded for cores" and "Maximum number of ports exceeded", Neutron "Quota exceeded for resources" (409), Cinder "exceeds allowed gigabytes
// quota", Octavia "Quota has been met" (403). A policy that forbids looking at quotas ("Policy doesn't allow os_compute_api:os-quota-sets:show") is none of them.
const OVER_QUOTA =
  /quota exceeded|quota has been met|exceed\w*\b.*\bquota|quota.*\bexceed|over ?quota|maximum number of .* exceeded|quota.*too many/i;

const isQuota = (status: number, message: string, retryAfter: string | undefined): boolean =>
  OVER_QUOTA.test(message)
    ? status === 413 || status === 403 || status === 409
    : // A rate limit may be a 413 too, and names a time; Cinder's quotas name 0.
      status === 413 && !Number(retryAfter ?? 0);

/** An answer that is no success as one of our errors, with everything needed to find the call in the cloud's own logs. */
export function errorOf(
  call: CallFacts,
  status: number,
  body: string,
  requestId: string | undefined,
  retryAfter: string | undefined,
  secrets: readonly string[] = [],
): LifeboatError {
  const message = messageIn(body, secrets);
  const where = `${call.site} answered ${status} to ${call.method} ${call.service} ${call.path}: ${message}`;
  const data = {
    ...call,
    status,
    ...(requestId && { requestId }),
    ...(retryAfter && { retryAfter }),
    openstackMessage: message,
  };
  if (isQuota(status, message, retryAfter))
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
    case 413:
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

/** `cause`: of the answer that came, if one came, status and request id are kept. */
export const outcomeUnknown = (call: CallFacts, cause: LifeboatError | Error): LifeboatError =>
  external(
    'outcome-unknown',
    `${call.site} gave no readable answer to ${call.method} ${call.service} ${call.path}: it may have been carried out (${cause.message.replace(/\.$/, '')}).`,
    { data: { ...('data' in cause && cause.data), ...call }, mend: 'Look whether it was before asking again.', cause },
  );
