import type { Cloud } from '@lifeboat/openstack-client';
import { LifeboatError } from '@lifeboat/kernel';
import type { Live } from '@lifeboat/openstack-entity-api';

/** Most a page may have; Designate gives twenty unless asked. */
const PAGE = 1000;

/** The project's zones, or all projects' where an administrator asks for them. */
export const zones = (
  cloud: Cloud,
  { name, everywhere = false }: { readonly name?: string; readonly everywhere?: boolean } = {},
): AsyncIterable<Live> =>
  cloud.dns.list<Live>('/zones', 'zones', {
    query: { limit: PAGE, ...(name !== undefined && { name }) },
    ...(everywhere && { headers: { 'x-auth-all-projects': 'true' } }),
  });

/** Of one zone, or of all the project's. */
export const recordSets = (
  cloud: Cloud,
  { zone, name }: { readonly zone?: string; readonly name?: string } = {},
): AsyncIterable<Live> =>
  cloud.dns.list<Live>(zone === undefined ? '/recordsets' : `/zones/${zone}/recordsets`, 'recordsets', {
    query: { limit: PAGE, ...(name !== undefined && { name }) },
  });

/** The one of exactly this name, if these credentials can see it. */
export async function zoneNamed(cloud: Cloud, name: string, everywhere = false): Promise<Live | undefined> {
  for await (const live of zones(cloud, { name, everywhere })) if (live['name'] === name) return live;
  return undefined;
}

/** Designate's answers have no key. */
export async function there(call: Promise<Live>): Promise<Live | undefined> {
  try {
    return await call;
  } catch (thrown) {
    if (thrown instanceof LifeboatError && (thrown.kind === 'not-found' || thrown.code === 'openstack-forbidden'))
      return undefined;
    throw thrown;
  }
}
