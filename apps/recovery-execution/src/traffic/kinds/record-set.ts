import type { TrafficSwitch } from '@lifeboat/contracts';
import { sameJson } from '@lifeboat/kernel';
import { isIP } from 'node:net';
import { reachedAt } from '../served.ts';
import type { Served } from '../served.ts';

/** What a name of the DNS says, the same for all who serve it. `null`: there is no such record. A `ttl` of `null` is the zone's. */
export type RecordSet = { readonly ttl: number | null; readonly records: readonly string[] } | null;

type Asked = Pick<NonNullable<TrafficSwitch['record']>, 'type' | 'ttl'>;

/** Pure. `usual`: the TTL where neither the plan nor what stood there says one. */
export const recordSetFor = (
  { type, ttl }: Asked,
  before: RecordSet,
  servers: readonly Served[],
  usual: number | null,
): RecordSet => ({
  ttl: ttl ?? before?.ttl ?? usual,
  records: reachedAt(servers, (address) => isIP(address) === (type === 'A' ? 4 : 6)),
});

export const showRecordSet = (value: RecordSet): string =>
  value === null ? 'no record' : `${value.records.join(', ')}${value.ttl === null ? '' : ` (TTL ${value.ttl})`}`;

/** In whatever order, as nameservers give them. */
export const sameRecordSet = (one: RecordSet, other: RecordSet): boolean => sameJson(sorted(one), sorted(other));

const sorted = (value: RecordSet): RecordSet => value && { ttl: value.ttl, records: value.records.toSorted() };
