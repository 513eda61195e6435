import type { IncomingHttpHeaders } from 'node:http';
import { Refusal } from './refusal.ts';

export interface MicroversionRange {
  /** As in the `OpenStack-API-Version` header: `compute`. */
  readonly type: string;
  readonly major: number;
  readonly min: number;
  readonly max: number;
  /** Nova's older header of its own. */
  readonly legacyHeader?: string;
}

function requested(headers: IncomingHttpHeaders, range: MicroversionRange): string | undefined {
  const header = headers['openstack-api-version'];
  for (const part of (Array.isArray(header) ? header.join(',') : (header ?? '')).split(',')) {
    const [type, version] = part.trim().split(/\s+/);
    if (type === range.type && version !== undefined) return version;
  }
  const legacy = range.legacyHeader === undefined ? undefined : headers[range.legacyHeader];
  return typeof legacy === 'string' ? legacy : undefined;
}

/** The minor version a request speaks: the lowest one when it names none. */
export function negotiateMicroversion(headers: IncomingHttpHeaders, range: MicroversionRange): number {
  const asked = requested(headers, range);
  if (asked === undefined) return range.min;
  if (asked === 'latest') return range.max;
  const [major, minor] = asked.split('.').map(Number);
  if (major === undefined || minor === undefined || Number.isNaN(major) || Number.isNaN(minor)) {
    throw new Refusal(400, `API Version String ${asked} is of invalid format. Must be of format MajorNum.MinorNum.`);
  }
  if (major !== range.major || minor < range.min || minor > range.max) {
    throw new Refusal(
      406,
      `Version ${asked} is not supported by the API. Minimum is ${range.major}.${range.min} and maximum is ${range.major}.${range.max}.`,
    );
  }
  return minor;
}
