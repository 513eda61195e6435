import { LifeboatError } from '@lifeboat/kernel';
import type { Cloud } from '@lifeboat/openstack-client';
import { until } from '../until.ts';

type Item = Readonly<Record<string, unknown>>;

async function* links(cloud: Cloud, kind: 'secret' | 'container'): AsyncGenerator<string> {
  const query = { limit: 100 };
  for await (const item of cloud['key-manager'].list<Item>(`/${kind}s`, `${kind}s`, { query }))
    yield `/${kind}s/${String(item[`${kind}_ref`]).split('/').at(-1)}`;
}

async function* named(cloud: Cloud, key: 'zones' | 'recordsets'): AsyncGenerator<string> {
  for await (const { id } of cloud.dns.list<Item>(`/${key}`, key)) yield `/${key}/${String(id)}`;
}

/** What a project has of services that a cloud need not have, as paths; whoever is asked first is what others are made of last. */
export async function ofFurtherServices(
  cloud: Cloud,
): Promise<readonly { readonly service: 'key-manager' | 'dns'; readonly path: string }[]> {
  const found: { service: 'key-manager' | 'dns'; path: string }[] = [];
  if (await cloud.has('key-manager'))
    for (const kind of ['container', 'secret'] as const)
      for await (const path of links(cloud, kind)) found.push({ service: 'key-manager', path });
  if (await cloud.has('dns'))
    for (const key of ['zones', 'recordsets'] as const)
      for await (const path of named(cloud, key)) found.push({ service: 'dns', path });
  return found;
}

export async function purgeFurtherServices(cloud: Cloud): Promise<void> {
  await until(
    'zones and secrets to be gone',
    async () => {
      const left = await ofFurtherServices(cloud);
      // Record sets go with their zones.
      for (const { service, path } of left) if (!path.startsWith('/recordsets')) await tolerant(cloud, service, path);
      return left.length === 0 ? true : undefined;
    },
    { timeoutMs: 180_000, everyMs: 500 },
  );
}

/** A zone that is going is asked again. */
async function tolerant(cloud: Cloud, service: 'key-manager' | 'dns', path: string): Promise<void> {
  await cloud[service].delete(path).catch((thrown: unknown) => {
    if (!(thrown instanceof LifeboatError) || thrown.kind !== 'invalid-input') throw thrown;
  });
}
