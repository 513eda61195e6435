import type { Cloud } from '@lifeboat/openstack-client';
import type { EntityType } from './entity.ts';

/** Says of types whether a cloud has their API. */
export type Offers = (type: Pick<EntityType, 'service' | 'extension'>) => Promise<boolean>;

/** By its catalog; Neutron is asked at most once, and only when a type needs an extension. */
export function offersOf(cloud: Cloud): Offers {
  let known: Promise<ReadonlySet<string>> | undefined;
  return async ({ service, extension }) =>
    (await cloud.has(service)) && (extension === undefined || (await (known ??= extensionsOf(cloud))).has(extension));
}

async function extensionsOf(cloud: Cloud): Promise<ReadonlySet<string>> {
  const aliases = new Set<string>();
  for await (const { alias } of cloud.network.list<{ readonly alias: string }>('/extensions', 'extensions'))
    aliases.add(alias);
  return aliases;
}

/** How what a type needs is named among the services that a cloud lacks: `network/qos`. */
export const apiOf = ({ service, extension }: Pick<EntityType, 'service' | 'extension'>): string =>
  extension === undefined ? service : `${service}/${extension}`;

/** Why nothing of a type can stand at a cloud without its API. */
export const noPlace = (
  cloud: Pick<Cloud, 'site'>,
  { service, extension }: Pick<EntityType, 'service' | 'extension'>,
): string =>
  `${cloud.site} has no place for it: ${
    extension === undefined
      ? `it has no ${service} service`
      : `its ${service} service lacks the extension "${extension}"`
  }`;
