import { LifeboatApi } from '@lifeboat/api-client';
import { loadClouds } from '@lifeboat/openstack-client';
import type { Cloud, CloudConfig } from '@lifeboat/openstack-client';
import { makeTenant, purgeProject, startServers, startStack, until } from '@lifeboat/testing';
import type { Servers, Stack, Tenant } from '@lifeboat/testing';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

const MINUTE = 60_000;
/** A server takes its time where other suites keep the clouds busy. */
const PATIENCE_MS = 5 * MINUTE;
/** Longer than the test: what is seen was told of. */
const NO_SWEEP_S = '3600';

/** The test clouds' own: a virtual host for each, with its name and its administrator's password. */
function brokerOf({ name, authUrl, auth }: CloudConfig): string {
  if (auth.type !== 'password') throw new Error(`The entry ${name} has no password.`);
  return `amqp://${name}:${encodeURIComponent(auth.password)}@${new URL(authUrl).hostname}:5672/${name}`;
}

describe('what the services of a real cloud notify', () => {
  const tenants: Tenant[] = [];
  let cloud: Cloud;
  let stack: Stack | undefined;
  let servers: Servers;
  let api: LifeboatApi;
  let db: pg.Client;

  beforeAll(async () => {
    const { LIFEBOAT_CLOUDS_YAML: file = '' } = process.env;
    servers = await startServers();
    const { databaseUrl, natsUrl } = servers;
    const configs = loadClouds({ file });
    const [primary, recovery] = ['primary', 'recovery'].map((name) => configs.get(name));
    if (!primary || !recovery) throw new Error(`${file} does not name the two clouds.`);
    for (const config of [primary, recovery]) tenants.push(await makeTenant(config, 'admin'));
    const [source, target] = tenants;
    if (!source || !target) throw new Error('There are not two projects.');
    cloud = source.open();
    const dir = mkdtempSync(join(tmpdir(), 'lifeboat-notified-'));
    const cloudsFile = join(dir, 'clouds.yaml');
    writeFileSync(cloudsFile, JSON.stringify({ clouds: { primary: source.entry, recovery: target.entry } }));
    stack = await startStack({
      databaseUrl,
      natsUrl,
      cloudsFile,
      dir,
      only: ['protection', 'metadata-capture', 'gateway', 'notification-bridge'],
      env: {
        LIFEBOAT_SITE: 'primary',
        LIFEBOAT_AMQP_URLS: brokerOf(primary),
        LIFEBOAT_CAPTURE_SWEEP_SECONDS: NO_SWEEP_S,
      },
    });
    api = new LifeboatApi(stack.gatewayUrl, { patienceMs: PATIENCE_MS });
    db = new pg.Client({ connectionString: stack.databaseUrl });
    await db.connect();
  }, 10 * MINUTE);

  afterAll(async () => {
    if (stack) await db.end();
    await stack?.stop();
    await servers.stop();
    await purgeProject(cloud);
    await cloud.close();
    for (const tenant of tenants) await tenant.remove();
  }, 15 * MINUTE);

  type Stored =
    | {
        readonly name: string;
        readonly spec: Record<string, unknown>;
        readonly refs: Record<string, { readonly id: string }>;
        readonly observed: Record<string, unknown>;
      }
    | undefined;
  const stored = async (kind: string, id: string): Promise<Stored> => {
    const { rows } = await db.query<{ content: Stored }>(
      `select v.content from capture.observation o join capture.entity_version v using (digest)
       where o.kind = $1 and o.source_id = $2 and o.seen_until is null`,
      [kind, id],
    );
    return rows[0]?.content;
  };
  const told = (what: string, kind: string, id: string, is: (stored: Stored) => boolean): Promise<true> =>
    until(what, async () => (is(await stored(kind, id)) ? true : undefined), { everyMs: 50, timeoutMs: PATIENCE_MS });
  const swept = async (): Promise<Date | undefined> =>
    (await db.query<{ swept_at: Date | null }>(`select swept_at from capture.watch`)).rows[0]?.swept_at ?? undefined;

  const gapsSeen = async (): Promise<number> =>
    Number(
      (
        await db.query<{ n: string }>(
          `select (select count(*) from capture.gap) + (select count(*) from capture.watch where gap_from is not null) as n`,
        )
      ).rows[0]?.n,
    );

  const volumeIs = (id: string, status: string): Promise<true> =>
    until(
      `the volume to be ${status}`,
      async () => {
        const { volume } = await cloud.volume.get<{ volume: { status: string } }>(`/volumes/${id}`);
        return volume.status === status ? true : undefined;
      },
      { timeoutMs: PATIENCE_MS },
    );
  const newVolume = async (name: string): Promise<string> => {
    const { volume } = await cloud.volume.post<{ volume: { id: string } }>('/volumes', { volume: { name, size: 1 } });
    await volumeIs(volume.id, 'available');
    return volume.id;
  };

  it(
    'is in the store without a sweep, and the sweep afterwards finds nothing that they missed',
    async () => {
      await newVolume('first');
      for (const site of ['primary', 'recovery']) await api.sites.put(site);
      await api.policies.put({
        name: 'watched',
        rpoSeconds: 0,
        keepPoints: 1,
        rules: { drivers: [], serverRoot: 'image' },
      });
      await api.groups.put({
        groupId: 'all',
        name: 'all',
        primary: 'primary',
        recovery: 'recovery',
        policy: 'watched',
        members: { project: true },
      });
      await until('the first sweep', swept, { timeoutMs: PATIENCE_MS });

      // A site that does not answer for a while is swept when it does again: who told of a change is then not to be said.
      for (let unbroken = false; !unbroken;) {
        const [sweep, gaps] = [await swept(), await gapsSeen()];
        await changesAreTold();
        unbroken = (await gapsSeen()) === gaps;
        if (unbroken) expect(await swept()).toEqual(sweep);
      }
      expect(await missedByEvents()).toEqual([]);
    },
    20 * MINUTE,
  );

  /** Changes something of every kind, and waits for each to be in the store. */
  async function changesAreTold(): Promise<void> {
    const volume = await newVolume('told of');
    await told('the new volume', 'volume', volume, (s) => s?.name === 'told of');
    await cloud.volume.post(`/volumes/${volume}/action`, { 'os-extend': { new_size: 2 } });
    await told('its growth', 'volume', volume, (s) => s?.spec['size'] === 2);
    await volumeIs(volume, 'available');
    await cloud.volume.put(`/volumes/${volume}`, { volume: { name: 'renamed' } });
    await told('its new name', 'volume', volume, (s) => s?.name === 'renamed');
    const { snapshot } = await cloud.volume.post<{ snapshot: { id: string } }>('/snapshots', {
      snapshot: { volume_id: volume, name: 'kept' },
    });
    await told('its snapshot', 'volume-snapshot', snapshot.id, (s) => s?.observed['status'] === 'available');

    const { network } = await cloud.network.post<{ network: { id: string } }>('/networks', {
      network: { name: 'told' },
    });
    await told('the network', 'network', network.id, (s) => s?.name === 'told');
    const { subnet } = await cloud.network.post<{ subnet: { id: string } }>('/subnets', {
      subnet: { network_id: network.id, ip_version: 4, cidr: '10.77.0.0/24', enable_dhcp: false },
    });
    await told('the subnet', 'subnet', subnet.id, (s) => s !== undefined);
    const { port } = await cloud.network.post<{ port: { id: string } }>('/ports', {
      port: { network_id: network.id, name: 'door' },
    });
    await told('the port', 'port', port.id, (s) => s?.name === 'door');
    await cloud.network.put(`/ports/${port.id}`, { port: { name: 'gate' } });
    await told("the port's new name", 'port', port.id, (s) => s?.name === 'gate');
    await addressIsTold(subnet.id, port.id);
    const { security_group: group } = await cloud.network.post<{ security_group: { id: string } }>('/security-groups', {
      security_group: { name: 'told' },
    });
    const { security_group_rule: rule } = await cloud.network.post<{ security_group_rule: { id: string } }>(
      '/security-group-rules',
      { security_group_rule: { security_group_id: group.id, direction: 'ingress', protocol: 'tcp' } },
    );
    await told('the rule', 'security-group-rule', rule.id, (s) => s?.spec['protocol'] === 'tcp');

    const { server } = await cloud.compute.post<{ server: { id: string } }>('/servers', {
      server: {
        name: 'told',
        flavorRef: await idOf('/flavors', 'flavors', 'tiny', 'compute'),
        imageRef: await idOf('/images', 'images', 'guest', 'image'),
        networks: [{ port: port.id }],
      },
    });
    await told('the server', 'server', server.id, (s) => s?.observed['status'] === 'ACTIVE');
    await cloud.compute.put(`/servers/${server.id}`, { server: { name: 'renamed' } });
    await told("the server's new name", 'server', server.id, (s) => s?.name === 'renamed');
    await cloud.compute.post(`/servers/${server.id}/action`, { 'os-stop': null });
    await told('that it stopped', 'server', server.id, (s) => s?.spec['power'] === 'SHUTOFF');

    await cloud.compute.delete(`/servers/${server.id}`);
    await told('that the server is gone', 'server', server.id, (s) => s === undefined);
    await cloud.network.delete(`/security-groups/${group.id}`);
    await told('that the group is gone', 'security-group', group.id, (s) => s === undefined);
  }

  /** A floating IP, and that it leads to another port. */
  async function addressIsTold(subnetId: string, portId: string): Promise<void> {
    const external = await idOf('/networks', 'networks', 'public', 'network');
    const { router } = await cloud.network.post<{ router: { id: string } }>('/routers', {
      router: { name: 'told', external_gateway_info: { network_id: external } },
    });
    await told('the router', 'router', router.id, (s) => s?.name === 'told');
    const { port_id: door } = await cloud.network.put<{ port_id: string }>(
      `/routers/${router.id}/add_router_interface`,
      { subnet_id: subnetId },
    );
    await told('its interface', 'router-interface', door, (s) => s !== undefined);
    const { floatingip } = await cloud.network.post<{ floatingip: { id: string } }>('/floatingips', {
      floatingip: { floating_network_id: external },
    });
    await told('the floating IP', 'floating-ip', floatingip.id, (s) => s !== undefined);
    await cloud.network.put(`/floatingips/${floatingip.id}`, { floatingip: { port_id: portId } });
    await told('where it leads', 'floating-ip', floatingip.id, (s) => s?.refs['port']?.id === portId);
  }

  async function idOf(
    path: string,
    key: string,
    name: string,
    service: 'compute' | 'image' | 'network',
  ): Promise<string> {
    for await (const one of cloud[service].list<{ id: string; name: string }>(path, key))
      if (one.name === name) return one.id;
    throw new Error(`There is no ${name}.`);
  }

  /** Has the site swept once more, and answers what that found: as it was stored, and as it is. */
  async function missedByEvents(): Promise<readonly unknown[]> {
    await everythingIsHeard();
    const before = await swept();
    const { rows } = await db.query<{ last: string }>(`select coalesce(max(id), 0) as last from capture.observation`);
    await db.query(`update capture.watch set swept_at = swept_at - interval '1 day'`);
    await until(
      'another sweep',
      async () => ((await swept())?.getTime() ?? 0) > (before?.getTime() ?? 0) || undefined,
      { timeoutMs: PATIENCE_MS },
    );
    const missed = await db.query(
      `select o.kind, o.source_id as id, o.seen_from, was.content as before, v.content as after
       from capture.observation o left join capture.entity_version v using (digest)
       left join lateral (select e.content from capture.observation p join capture.entity_version e using (digest)
         where p.kind = o.kind and p.source_id = o.source_id and p.id < o.id order by p.id desc limit 1) was on true
       where o.id > $1`,
      [rows[0]?.last],
    );
    return missed.rows;
  }

  /** A sign of life says that all before it has been heard; two of them, as a service notifies some moments after it has stored what it did. */
  async function everythingIsHeard(): Promise<void> {
    const heardSince = async (since: Date | undefined): Promise<Date> =>
      until('a sign of life of the notifications', async () => {
        const { rows } = await db.query<{ heard_at: Date | null }>(`select heard_at from capture.watch`);
        const at = rows[0]?.heard_at ?? undefined;
        return at && (!since || at > since) ? at : undefined;
      });
    for (let n = 0, last = await heardSince(undefined); n < 2; n++) last = await heardSince(last);
    await until('nothing to be dirty', async () => {
      const { rows } = await db.query(`select 1 from capture.dirty where read_at is null`);
      return rows.length === 0 ? true : undefined;
    });
  }
});
