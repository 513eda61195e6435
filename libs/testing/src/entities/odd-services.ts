import type { Cloud } from '@lifeboat/openstack-client';
import type { Ref } from '@lifeboat/openstack-entity-api';
import type { Shop } from '../shop/shop.ts';
import { until } from '../until.ts';

const DAY_MS = 24 * 3_600_000;

/** What needs services that a cloud need not have, as far as it has them. Answers what to choose a group by. */
export async function createOddServices(cloud: Cloud, shop: Shop): Promise<readonly Ref[]> {
  return [
    ...((await cloud.has('key-manager')) ? await oddSecrets(cloud) : []),
    ...((await cloud.has('dns')) ? await oddZones(cloud, shop) : []),
  ];
}

/**
 * A text with metadata and an end, bytes that are shut to the project, two of one name that differ by their payload alone, one without a payload; a
 * certificate with its key, and a container whose secret has no name in it.
 */
async function oddSecrets(cloud: Cloud): Promise<readonly Ref[]> {
  const barbican = cloud['key-manager'];
  const make = async (kind: 'secret' | 'container', body: Record<string, unknown>): Promise<string> =>
    (await barbican.post<Record<string, string>>(`/${kind}s`, body))[`${kind}_ref`] ?? '';
  const idIn = (link: string): string => link.split('/').at(-1) ?? '';
  const text = (payload: string, more: Record<string, unknown> = {}): Promise<string> =>
    make('secret', { payload, payload_content_type: 'text/plain', ...more });
  const expiration = new Date(Date.now() + DAY_MS).toISOString().slice(0, 19);
  const door = await text('correct horse', { name: 'odd door', secret_type: 'passphrase', expiration });
  await barbican.put(`/secrets/${idIn(door)}/metadata`, { metadata: { floor: '3', room: 'odd' } });
  const key = await make('secret', {
    name: 'odd key',
    secret_type: 'private',
    algorithm: 'rsa',
    bit_length: 2048,
    mode: 'cbc',
    payload: Buffer.from([0, 1, 2, 250, 255]).toString('base64'),
    payload_content_type: 'application/octet-stream',
    payload_content_encoding: 'base64',
  });
  await barbican.put(`/secrets/${idIn(key)}/acl`, { read: { 'project-access': false } });
  const [one, two] = [await text('first twin', { name: 'odd twin' }), await text('second twin', { name: 'odd twin' })];
  const empty = await make('secret', { name: 'odd and empty' });
  const certificate = await text('-----BEGIN CERTIFICATE-----', { secret_type: 'certificate' });
  const tls = await make('container', {
    name: 'odd tls',
    type: 'certificate',
    secret_refs: [
      { name: 'private_key', secret_ref: key },
      { name: 'certificate', secret_ref: certificate },
    ],
  });
  const loose = await make('container', { type: 'generic', secret_refs: [{ secret_ref: two }] });
  await barbican.put(`/containers/${idIn(loose)}/acl`, { read: { 'project-access': false } });
  return [
    ...[door, one, two, empty].map((link) => ({ kind: 'secret', id: idIn(link) })),
    ...[tls, loose].map((link) => ({ kind: 'secret-container', id: idIn(link) })),
  ];
}

/** A name is had once at a cloud: the project's id is in it. One zone is primary, with a name that leads to the shop; one has masters that nobody reaches. */
async function oddZones(cloud: Cloud, shop: Shop): Promise<readonly Ref[]> {
  const name = `odd-${(await cloud.whoAmI()).projectId.slice(0, 12)}.example.`;
  const zone = async (body: Record<string, unknown>): Promise<string> =>
    (await cloud.dns.post<{ id: string }>('/zones', body)).id;
  const id = await zone({ name, email: 'hostmaster@shop.example', ttl: 4000, description: 'The odd shop' });
  const mirror = await zone({ name: `mirror-${name}`, type: 'SECONDARY', masters: ['192.0.2.9:5354', '192.0.2.8:53'] });
  const record = (host: string, type: string, records: readonly string[], more = {}): Promise<unknown> =>
    cloud.dns.post(`/zones/${id}/recordsets`, { name: `${host}${name}`, type, records, ...more });
  await record('', 'A', [shop.floatingIp.address]);
  await record('www.', 'A', [shop.floatingIp.address, '192.0.2.77'], { ttl: 60, description: 'Also the old one' });
  await record('inside.', 'A', ['10.20.0.50']);
  await record('shop.', 'CNAME', [`www.${name}`]);
  await record('', 'MX', [`20 two.${name}`, `10 one.${name}`]);
  await record('', 'TXT', ['"v=spf1 -all"']);
  await record('sub.', 'NS', [`ns.sub.${name}`]);
  await until('the zone to be served', async () =>
    (await cloud.dns.get<{ status: string }>(`/zones/${id}`)).status === 'ACTIVE' ? true : undefined,
  );
  return [id, mirror].map((one) => ({ kind: 'zone', id: one }));
}
