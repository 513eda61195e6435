import { until } from '@lifeboat/testing';
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { CaptureBench } from './simulated/capture-bench.ts';
import type { Ref } from './simulated/capture-bench.ts';

const MINUTE = 60_000;

describe('metadata-capture with a watched site', () => {
  let bench: CaptureBench;
  beforeAll(async () => {
    bench = await CaptureBench.start();
    await bench.protect();
  }, 3 * MINUTE);
  afterAll(() => bench.stop(), MINUTE);

  const ref = (kind: string, id: string): Ref => ({ kind, id });

  /** Tells of a change and waits until `is` holds of what is stored. How long that takes is the machine's affair. */
  const toldOf = async (eventType: string, named: Ref, watched: Ref, is: (stored: never) => boolean): Promise<void> => {
    await bench.tell(eventType, named);
    await until(
      `${eventType} to be stored`,
      async () => (is((await bench.stored(watched)) as never) ? true : undefined),
      { everyMs: 20 },
    );
  };

  type Of =
    | { name: string; spec: Record<string, unknown>; refs: Record<string, Ref[]>; observed: Record<string, unknown> }
    | undefined;

  it(
    'has a rename, a volume attached, a group changed, a port updated and an address given by their notifications',
    async () => {
      const { cloud, shop } = bench;
      const web = ref('server', shop.servers.web1);
      await cloud.compute.put(`/servers/${web.id}`, { server: { name: 'renamed' } });
      await toldOf('instance.update', web, web, (s: Of) => s?.name === 'renamed');

      const { volume } = await cloud.volume.post<{ volume: { id: string } }>('/volumes', {
        volume: { size: 1, name: 'fresh' },
      });
      const status = async () =>
        (await cloud.volume.get<{ volume: { status: string } }>(`/volumes/${volume.id}`)).volume.status;
      await until('volume', async () => ((await status()) === 'available' ? true : undefined), { everyMs: 10 });
      await cloud.compute.post(`/servers/${web.id}/os-volume_attachments`, {
        volumeAttachment: { volumeId: volume.id },
      });
      await until('attachment', async () => ((await status()) === 'in-use' ? true : undefined), { everyMs: 10 });
      // Only the server is named: its new volume is found by that.
      await toldOf(
        'instance.volume_attach.end',
        web,
        ref('volume', volume.id),
        (s: Of) => s?.observed['status'] === 'in-use',
      );
      expect((await bench.stored(web))?.refs['volumes']).toContainEqual(ref('volume', volume.id));

      const rule = {
        security_group_id: shop.groups.web,
        direction: 'ingress',
        protocol: 'tcp',
        port_range_min: 8443,
        port_range_max: 8443,
      };
      const made = await cloud.network.post<{ security_group_rule: { id: string } }>('/security-group-rules', {
        security_group_rule: rule,
      });
      const ruleRef = ref('security-group-rule', made.security_group_rule.id);
      await toldOf('security_group_rule.create.end', ruleRef, ruleRef, (s: Of) => s?.spec['port_range_min'] === 8443);

      const port = ref('port', shop.ports.vip);
      await cloud.network.put(`/ports/${port.id}`, { port: { name: 'vip-2' } });
      await toldOf('port.update.end', port, port, (s: Of) => s?.name === 'vip-2');

      const address = ref('floating-ip', shop.floatingIp.id);
      await cloud.network.put(`/floatingips/${address.id}`, { floatingip: { port_id: shop.ports.web2 } });
      await toldOf(
        'floatingip.update.end',
        address,
        address,
        (s: Of) => (s?.refs['port'] as unknown as Ref | undefined)?.id === shop.ports.web2,
      );

      await cloud.compute.post(`/servers/${shop.servers.web2}/action`, { 'os-stop': null });
      const stopped = ref('server', shop.servers.web2);
      await until(
        'stop',
        async () =>
          (await cloud.compute.get<{ server: { status: string } }>(`/servers/${stopped.id}`)).server.status ===
          'SHUTOFF'
            ? true
            : undefined,
        { everyMs: 10 },
      );
      await toldOf('instance.power_off.end', stopped, stopped, (s: Of) => s?.spec['power'] === 'SHUTOFF');
    },
    MINUTE,
  );

  it(
    'has a resize, a volume extended, retyped and its snapshot, and an image made and deactivated by their notifications',
    async () => {
      const { cloud, shop } = bench;
      const reached = async (what: string, read: () => Promise<boolean>): Promise<void> =>
        void (await until(what, async () => ((await read()) ? true : undefined), { everyMs: 10 }));

      const web = ref('server', shop.servers.web2);
      const { flavors } = await cloud.compute.get<{ flavors: { id: string; name: string }[] }>('/flavors');
      const serverIs = async (status: string): Promise<boolean> =>
        (await cloud.compute.get<{ server: { status: string } }>(`/servers/${web.id}`)).server.status === status;
      const wish = { flavorRef: flavors.find(({ name }) => name === 'small')?.id };
      await cloud.compute.post(`/servers/${web.id}/action`, { resize: wish });
      await reached('the resize', () => serverIs('VERIFY_RESIZE'));
      await cloud.compute.post(`/servers/${web.id}/action`, { confirmResize: null });
      await toldOf(
        'instance.resize.confirm.end',
        web,
        web,
        (s: Of) => (s?.refs['flavor'] as unknown as Ref | undefined)?.id === 'small',
      );

      const made = await cloud.volume.post<{ volume: { id: string } }>('/volumes', {
        volume: { size: 1, name: 'grows', volume_type: 'standard' },
      });
      const volume = ref('volume', made.volume.id);
      const read = async () =>
        (
          await cloud.volume.get<{ volume: { status: string; size: number; volume_type: string } }>(
            `/volumes/${volume.id}`,
          )
        ).volume;
      await reached('the volume', async () => (await read()).status === 'available');
      await cloud.volume.post(`/volumes/${volume.id}/action`, { 'os-extend': { new_size: 2 } });
      await reached('its growth', async () => (await read()).size === 2);
      await toldOf('volume.resize.end', volume, volume, (s: Of) => s?.spec['size'] === 2);
      await cloud.volume.post(`/volumes/${volume.id}/action`, { 'os-retype': { new_type: '__DEFAULT__' } });
      await reached('its new type', async () => (await read()).volume_type === '__DEFAULT__');
      await toldOf('volume.retype', volume, volume, (s: Of) => s?.spec['volume_type'] === '__DEFAULT__');
      const taken = await cloud.volume.post<{ snapshot: { id: string } }>('/snapshots', {
        snapshot: { volume_id: volume.id, name: 'before the move' },
      });
      const snapshot = ref('volume-snapshot', taken.snapshot.id);
      await toldOf('snapshot.create.end', snapshot, snapshot, (s: Of) => s?.name === 'before the move');

      const { id } = await cloud.image.post<{ id: string }>('/images', {
        name: 'golden',
        disk_format: 'raw',
        container_format: 'bare',
      });
      const image = ref('image', id);
      await cloud.image.upload(`/images/${id}/file`, Readable.from([Buffer.alloc(65_536)]), { size: 65_536 });
      // An image is somebody's affair as soon as a server is made of it.
      const { server } = await cloud.compute.post<{ server: { id: string } }>('/servers', {
        server: { name: 'of gold', imageRef: id, flavorRef: wish.flavorRef, networks: 'none' },
      });
      const ofGold = ref('server', server.id);
      await toldOf('instance.create.end', ofGold, image, (s: Of) => s?.name === 'golden');
      await cloud.image.post(`/images/${id}/actions/deactivate`, undefined);
      await toldOf('image.deactivate', image, image, (s: Of) => s?.observed['status'] === 'deactivated');
    },
    MINUTE,
  );

  it('holds the time of its first look for a gap, as only a part was known until it ended', async () => {
    const [gap] = await bench.query<{ seen_from: Date; seen_until: Date }>(
      `select seen_from, seen_until from capture.gap where why like '%first time%'`,
    );
    const [seen] = await bench.query<{ first: Date }>(`select min(seen_from) as first from capture.observation`);
    expect(gap?.seen_from.getTime()).toBeLessThanOrEqual(seen?.first.getTime() ?? 0);
    expect(gap?.seen_until.getTime()).toBeGreaterThanOrEqual(seen?.first.getTime() ?? Infinity);
  });

  it(
    'finds nothing left to do in a sweep after the notifications, and writes nothing',
    async () => {
      await bench.settled();
      const before = await bench.digest();
      expect(await bench.sweep()).toBe(0);
      expect(await bench.digest()).toBe(before);
    },
    MINUTE,
  );

  it(
    'keeps what was deleted as a version that ended',
    async () => {
      const { cloud } = bench;
      const { port } = await cloud.network.post<{ port: { id: string } }>('/ports', {
        port: { network_id: bench.shop.networkId, name: 'brief' },
      });
      const brief = ref('port', port.id);
      await toldOf('port.create.end', brief, brief, (s: Of) => s?.name === 'brief');
      await cloud.network.delete(`/ports/${port.id}`);
      await toldOf('port.delete.end', brief, brief, (s: Of) => s === undefined);
      const spans = await bench.query<{ digest: string | null; seen_from: Date; seen_until: Date | null }>(
        `select digest, seen_from, seen_until from capture.observation where source_id = $1 order by id`,
        [port.id],
      );
      expect(spans.map(({ digest, seen_until }) => [digest !== null, seen_until !== null])).toEqual([
        [true, true],
        [false, false],
      ]);
      expect(spans[0]?.seen_until).toEqual(spans[1]?.seen_from);
    },
    MINUTE,
  );

  it(
    'heals in a sweep what no notification told of, counts it and says it',
    async () => {
      const silent = ref('port', bench.shop.ports.db1Second);
      const missed = (await bench.metric('lifeboat_metadata_missed_by_events_sum')) ?? 0;
      await bench.cloud.network.put(`/ports/${silent.id}`, { port: { name: 'silent' } });
      await bench.sweep();
      expect((await bench.stored(silent))?.name).toBe('silent');
      expect(await bench.metric('lifeboat_metadata_missed_by_events_sum')).toBe(missed + 1);
      const said = await until('the event', async () => bench.events.find((e) => e.type.includes('drift-found')), {
        everyMs: 20,
      });
      expect(said.data).toMatchObject({ site: 'alpha', missed: 1, entities: [{ ...silent, how: 'changed' }] });
      expect(await bench.sweep()).toBe(0);
    },
    MINUTE,
  );

  it(
    'reads an entity of which a hundred notifications come at once only a few times',
    async () => {
      const port = ref('port', bench.shop.ports.vip);
      await bench.settled();
      const since = Date.now();
      await bench.cloud.network.put(`/ports/${port.id}`, { port: { name: 'storm' } });
      await Promise.all(Array.from({ length: 100 }, () => bench.tell('port.update.end', port)));
      await until('the storm', async () => ((await bench.stored(port))?.name === 'storm' ? true : undefined), {
        everyMs: 20,
      });
      // What was published last may not have been heard yet.
      await pause(1_000);
      await bench.settled();
      const reads = bench.simulators[0]
        .requests({ since, method: 'GET' })
        .filter(({ path }) => path.includes(`/ports/${port.id}`));
      // On a slow machine they come in several bursts.
      expect(reads.length).toBeLessThan(25);
    },
    MINUTE,
  );

  it(
    'loses nothing when it is killed again and again while changes come',
    async () => {
      const { cloud, shop } = bench;
      const names = new Map<string, string>();
      for (let round = 0; round < 4; round++) {
        for (const id of [shop.ports.vip, shop.ports.web1, shop.ports.db1]) {
          names.set(id, `round-${round}`);
          await cloud.network.put(`/ports/${id}`, { port: { name: `round-${round}` } });
          await bench.tell('port.update.end', ref('port', id));
        }
        await pause(100 + 150 * round);
        bench.stack.process('metadata-capture').kill();
      }
      for (const [id, name] of names)
        await until(
          'the last name',
          async () => ((await bench.stored(ref('port', id)))?.name === name ? true : undefined),
          { everyMs: 50 },
        );
      await bench.settled();
      expect(await bench.sweep()).toBe(0);
    },
    2 * MINUTE,
  );

  it(
    'records when the site did not answer as a gap, and does not count what changed meanwhile as missed',
    async () => {
      const missed = await bench.metric('lifeboat_metadata_missed_by_events_sum');
      const [alpha] = bench.simulators;
      alpha.faults.add({ kind: 'error', status: 503 });
      const open = await until('the gap to be seen', async () => (await bench.watch())?.['gap_from'] ?? undefined, {
        everyMs: 50,
      });
      alpha.faults.clear();
      const [gap] = await until(
        'the gap to be closed',
        async () => {
          const rows = await bench.query<{ seen_from: Date; seen_until: Date; why: string }>(
            `select * from capture.gap where site = 'alpha' and seen_from = $1`,
            [open],
          );
          return rows.length > 0 ? rows : undefined;
        },
        { everyMs: 50, timeoutMs: 30_000 },
      );
      expect(gap?.seen_until.getTime()).toBeGreaterThan(open.getTime());
      expect(gap?.why).toMatch(/503|answer/);
      expect(await bench.metric('lifeboat_metadata_missed_by_events_sum')).toBe(missed);
    },
    2 * MINUTE,
  );

  it(
    'leaves the primary alone from the moment it is told to',
    async () => {
      await bench.query(`update capture.watched_group set state = 'failing-over', told_at = now() + interval '1 hour'`);
      await until('quiet', async () => {
        const since = Date.now();
        await pause(1_000);
        return bench.simulators[0].requests({ since }).filter(({ path }) => !path.includes('/auth/')).length === 0
          ? true
          : undefined;
      });
      const since = Date.now();
      await bench.tell('port.update.end', ref('port', bench.shop.ports.vip));
      await pause(2_500);
      expect(bench.simulators[0].requests({ since }).filter(({ path }) => !path.includes('/auth/'))).toEqual([]);
    },
    MINUTE,
  );
});
