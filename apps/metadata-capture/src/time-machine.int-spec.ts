import { PROJECT_ROOT, until } from '@lifeboat/testing';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { CaptureBench } from './simulated/capture-bench.ts';

const MINUTE = 60_000;
const LIMIT_S = 6;

describe('the time machine, the age of metadata, and members that come and go', () => {
  let bench: CaptureBench;
  beforeAll(async () => {
    bench = await CaptureBench.start();
    await bench.protect('shop', LIMIT_S);
  }, 3 * MINUTE);
  afterAll(() => bench.stop(), MINUTE);

  const lifeboat = async (...args: string[]): Promise<{ code: number; out: string; err: string }> => {
    const [node, cli] = [join(PROJECT_ROOT, 'node_modules/.bin/node'), join(PROJECT_ROOT, 'dist/cli/lifeboat.js')];
    return promisify(execFile)(node, [cli, '--gateway', bench.stack.gatewayUrl, ...args]).then(
      ({ stdout, stderr }) => ({ code: 0, out: stdout, err: stderr }),
      (failed: { code: number; stdout: string; stderr: string }) => ({
        code: failed.code,
        out: failed.stdout,
        err: failed.stderr,
      }),
    );
  };
  const json = async (...args: string[]) => JSON.parse((await lifeboat('--json', ...args)).out) as never;

  const rename = async (name: string): Promise<Date> => {
    const server = { kind: 'server', id: bench.shop.servers.web1 };
    await bench.cloud.compute.put(`/servers/${server.id}`, { server: { name } });
    await bench.tell('instance.update', server);
    await until(name, async () => ((await bench.stored(server))?.name === name ? true : undefined), { everyMs: 20 });
    return new Date();
  };

  it(
    'shows what a group held at each instant, what changed between two, and the history of an entity',
    async () => {
      const start = new Date();
      const first = await rename('first');
      await pause(50);
      const second = await rename('second');
      const nameAt = async (when: Date) =>
        (await bench.api.metadata.asOf('shop', when.toISOString())).entities.find(
          (e) => e.id === bench.shop.servers.web1,
        )?.name;
      expect([await nameAt(first), await nameAt(second)]).toEqual(['first', 'second']);
      expect(['first', 'second']).not.toContain(await nameAt(start));

      const diff = await bench.api.metadata.diff('shop', first.toISOString(), second.toISOString());
      expect(diff.changes).toEqual([
        {
          kind: 'server',
          id: bench.shop.servers.web1,
          name: 'second',
          how: 'changed',
          fields: expect.arrayContaining([
            { field: 'name', before: 'first', after: 'second' },
            { field: 'spec.name', before: 'first', after: 'second' },
          ]),
        },
      ]);
      expect(diff.same).toBeGreaterThan(20);

      const { versions } = (await json('metadata', 'history', `server:${bench.shop.servers.web1}`)) as {
        versions: { how: string; until?: string; from: string; entity: { name: string } }[];
      };
      expect(versions.slice(0, 2).map((v) => v.entity.name)).toEqual(['second', 'first']);
      expect(versions[0]?.until).toBeUndefined();
      expect(versions[1]?.until).toBe(versions[0]?.from);
      expect(versions.at(-1)?.how).toBe('appeared');
    },
    MINUTE,
  );

  it(
    'answers people in tables, and says what to do where it cannot answer',
    async () => {
      const table = await lifeboat('metadata', 'diff', 'shop', '10m');
      // Nothing was known ten minutes ago: this bench is younger.
      expect(table).toMatchObject({ code: 64, err: expect.stringContaining('It is known since') });
      const now = await lifeboat('metadata', 'as-of', 'shop', 'now');
      expect(now).toMatchObject({ code: 0, out: expect.stringContaining(bench.shop.servers.web1) });
      expect(await lifeboat('metadata', 'history', 'server:second')).toMatchObject({
        code: 64,
        err: expect.stringContaining(bench.shop.servers.web1),
      });
      expect((await lifeboat('metadata', 'history', 'sever:1')).err).toContain('Known are:');
      expect((await lifeboat('metadata', 'as-of', 'shop', 'no-such-point')).err).toContain('lifeboat point list shop');
      expect((await lifeboat('metadata', 'as-of', 'nobody', 'now')).err).toContain('lifeboat group list');
      expect((await lifeboat('metadata', 'as-of', 'shop', '2099-01-01')).err).toContain('has not come yet');
    },
    MINUTE,
  );

  it(
    'never shows a secret, and stores none in clear',
    async () => {
      const { server } = await bench.cloud.compute.get<{ server: Record<string, string> }>(
        `/servers/${bench.shop.servers.web1}`,
      );
      const secret = server['OS-EXT-SRV-ATTR:user_data'] ?? '';
      expect(secret.length).toBeGreaterThan(20);
      const rows = await bench.query<{ text: string }>(`select content::text as text from capture.entity_version`);
      expect(rows.filter(({ text }) => text.includes(secret))).toEqual([]);
      expect(rows.some(({ text }) => text.includes('$sealed'))).toBe(true);
      const { entities } = await bench.api.metadata.asOf('shop', new Date().toISOString());
      expect(entities.find((e) => e.id === bench.shop.servers.web1)?.spec['user_data']).toBe('(sealed)');
      const { versions } = await bench.api.metadata.history('server', bench.shop.servers.web1);
      expect(JSON.stringify([entities, versions])).not.toContain('$sealed');
    },
    MINUTE,
  );

  it(
    'says beforehand what the guests of a group will meet, and looks through user data without showing it',
    async () => {
      const { aftershocks } = (await json('group', 'aftershocks', 'shop')) as {
        aftershocks: { id: string; code: string; message: string }[];
      };
      const of = (id: string): string[] => aftershocks.filter((shock) => shock.id === id).map(({ code }) => code);
      const { web1, db1 } = bench.shop.servers;
      expect(of(web1)).toEqual(
        expect.arrayContaining(['new-instance-id', 'floating-ip-address', 'private-key', 'injected-files']),
      );
      expect(of(db1)).toEqual(expect.arrayContaining(['disk-serials-change', 'admin-password']));
      expect(of(db1)).not.toContain('floating-ip-address');
      const message = aftershocks.find(({ id, code }) => id === web1 && code === 'new-instance-id')?.message;
      expect(message).toContain('its user data names');
      const unknown = await lifeboat('group', 'aftershocks', 'nothing');
      expect(unknown.code).not.toBe(0);
    },
    MINUTE,
  );

  it(
    'measures how old metadata is, and raises an alarm and takes it back as the policy asks',
    async () => {
      const event = (name: string) => bench.events.find((e) => e.type.includes(name));
      // Without a stream only sweeps prove anything, and they come too seldom for this policy.
      const alarm = await until('the alarm', async () => event('metadata-rpo-exceeded'), {
        everyMs: 50,
        timeoutMs: 20_000,
      });
      expect(alarm.data).toMatchObject({
        groupId: 'shop',
        site: 'alpha',
        limitSeconds: LIMIT_S,
        why: expect.stringContaining('notification stream'),
      });
      expect(await bench.metric('lifeboat_metadata_rpo_seconds')).toBeGreaterThan(LIMIT_S);
      expect((await lifeboat('group', 'show', 'shop')).out).toContain(`(limit ${LIMIT_S} s, exceeded)`);

      const since = new Date(Date.now() - MINUTE).toISOString();
      await bench.sweep();
      const living = setInterval(
        () =>
          void bench
            .publish('site-heard', { site: 'alpha', at: new Date().toISOString(), unbrokenSince: since })
            .catch(() => undefined),
        500,
      );
      try {
        await until('the end of the alarm', async () => event('metadata-rpo-met'), { everyMs: 50, timeoutMs: 20_000 });
        const bySweep = await bench.watch();
        // Younger than the only sweep: it is the stream that proves it.
        const proven = await until('the stream to prove it', async () => {
          const { provenBy, ageSeconds = Infinity, exceeded } = await bench.api.metadata.ofGroup('shop');
          const provenAt = Date.now() - ageSeconds * 1_000;
          return provenAt > (bySweep?.['swept_at']?.getTime() ?? Infinity) ? { provenBy, exceeded } : undefined;
        });
        expect(proven).toEqual({ provenBy: 'notifications', exceeded: false });
      } finally {
        clearInterval(living);
      }
    },
    2 * MINUTE,
  );

  it(
    'lets new matches of a query join by themselves, keeps those that stray until they are released, and lists what nobody protects',
    async () => {
      const { cloud, shop } = bench;
      const tag = (id: string, value: string) =>
        cloud.compute.post(`/servers/${id}/metadata`, { metadata: { stage: value } });
      await tag(shop.servers.web1, 'gold');
      await bench.sweep();
      await bench.putGroup('golden', { metadata: { stage: 'gold' } });
      const members = async () =>
        (await bench.api.metadata.ofGroup('golden')).members.map(({ id, kept }) => ({ id, kept }));
      await until('the first member', async () => ((await members().catch(() => [])).length === 1 ? true : undefined), {
        everyMs: 50,
      });

      await tag(shop.servers.web2, 'gold');
      await bench.tell('instance.update', { kind: 'server', id: shop.servers.web2 });
      const joined = await until(
        'web2 to join',
        async () => bench.events.find((e) => e.type.includes('member-joined')),
        { everyMs: 20 },
      );
      expect(joined.data).toMatchObject({ groupId: 'golden', id: shop.servers.web2 });

      await cloud.compute.delete(`/servers/${shop.servers.web2}/metadata/stage`);
      await bench.tell('instance.update', { kind: 'server', id: shop.servers.web2 });
      const strayed = await until(
        'web2 to stray',
        async () => bench.events.find((e) => e.type.includes('member-strayed')),
        { everyMs: 20 },
      );
      expect(strayed.data).toMatchObject({ groupId: 'golden', id: shop.servers.web2, kept: true });
      expect(await members()).toContainEqual({ id: shop.servers.web2, kept: true });
      const now = new Date().toISOString();
      expect((await bench.api.metadata.asOf('golden', now)).entities.map((e) => e.id)).toContain(shop.servers.web2);

      expect((await lifeboat('group', 'release', 'golden', `server:${shop.servers.web1}`)).err).toContain(
        'matches the query',
      );
      await lifeboat('group', 'release', 'golden', `server:${shop.servers.web2}`);
      expect(await members()).toEqual([{ id: shop.servers.web1, kept: false }]);

      const unprotected = (await json('group', 'unprotected', 'golden')) as { id: string }[];
      expect(unprotected).toEqual([]); // The other group holds all servers and their volumes.
      const { volume } = await cloud.volume.post<{ volume: { id: string } }>('/volumes', {
        volume: { size: 1, name: 'forgotten' },
      });
      await bench.tell('volume.create.end', { kind: 'volume', id: volume.id });
      await until(
        'the new volume',
        async () =>
          ((await json('group', 'unprotected', 'golden')) as { id: string }[]).find((e) => e.id === volume.id),
        { everyMs: 100 },
      );
    },
    2 * MINUTE,
  );

  it(
    'lets new matches wait where the policy wants approval: neither protected nor forgotten until they are let in',
    async () => {
      const { cloud, shop } = bench;
      const tag = (id: string, value: string) =>
        cloud.compute.post(`/servers/${id}/metadata`, { metadata: { tier: value } });
      await bench.api.policies.put({
        name: 'careful',
        rpoSeconds: 0,
        keepPoints: 3,
        joining: 'on-approval',
        rules: { drivers: [], serverRoot: 'image' },
      });
      await tag(shop.servers.web1, 'front');
      await bench.sweep();
      await bench.putGroup('front', { metadata: { tier: 'front' } }, 'careful');
      const members = async () =>
        (await bench.api.metadata.ofGroup('front')).members.map(({ id, waiting }) => ({ id, waiting }));
      const first = { id: shop.servers.web1, waiting: false };
      await until('the first member', async () => ((await members().catch(() => [])).length === 1 ? true : undefined), {
        everyMs: 50,
      });
      expect(await members()).toEqual([first]);

      await tag(shop.servers.web2, 'front');
      await bench.tell('instance.update', { kind: 'server', id: shop.servers.web2 });
      const waiting = await until(
        'web2 to wait',
        async () => bench.events.find((e) => e.type.includes('member-waiting')),
        { everyMs: 20 },
      );
      expect(waiting.data).toMatchObject({ groupId: 'front', id: shop.servers.web2 });
      const held = async (): Promise<string[]> => {
        const { entities } = await bench.api.metadata.asOf('front', new Date().toISOString());
        return entities.filter(({ kind }) => kind === 'server').map(({ id }) => id);
      };
      expect(await held()).toEqual([shop.servers.web1]);
      expect((await lifeboat('group', 'show', 'front')).err).toContain(
        `lifeboat group admit front server:${shop.servers.web2}`,
      );
      await bench.capture('front', 'careful-1');
      const pinned = async (pointId: string): Promise<string[]> => {
        const { entities } = await until(pointId, () =>
          bench.api.metadata.asOf('front', `point:${pointId}`).catch(() => undefined),
        );
        return entities.filter(({ kind }) => kind === 'server').map(({ id }) => id);
      };
      expect(await pinned('careful-1')).toEqual([shop.servers.web1]);

      await lifeboat('group', 'admit', 'front', `server:${shop.servers.web2}`);
      const both = [shop.servers.web1, shop.servers.web2].toSorted();
      expect((await held()).toSorted()).toEqual(both);
      await bench.capture('front', 'careful-2');
      expect((await pinned('careful-2')).toSorted()).toEqual(both);
      expect((await lifeboat('group', 'admit', 'front', `server:${shop.servers.db1}`)).err).toContain('has not found');
    },
    2 * MINUTE,
  );

  it(
    "finds what a Heat stack made, and follows the stack's changes",
    async () => {
      const { cloud } = bench;
      const template = {
        resources: { data: { type: 'OS::Cinder::Volume', properties: { size: 1, name: 'stacked' } } },
      };
      const { stack } = await cloud.orchestration.post<{ stack: { id: string } }>('/stacks', {
        stack_name: 'till',
        template,
      });
      await bench.tell('orchestration.stack.create.end', { kind: 'stack', id: stack.id });
      await until('the stack', async () => bench.stored({ kind: 'stack', id: stack.id }), { everyMs: 50 });
      await bench.settled();
      await bench.sweep(); // Of the volume nothing was told; the stack is stored as the sweep sees it.
      expect(
        await bench.query(`select 1 from capture.observation where kind = 'stack' and source_id = $1`, [stack.id]),
      ).toHaveLength(1);
      expect((await lifeboat('group', 'preview', 'alpha', '--stack', 'till')).out).toContain('stacked');
      await bench.putGroup('till', { stack: 'till' });
      const members = async (): Promise<string[]> =>
        (await bench.api.metadata.ofGroup('till')).members.map(({ name }) => name);
      await until('the member', async () => ((await members().catch(() => [])).length === 1 ? true : undefined), {
        everyMs: 50,
      });
      expect(await members()).toEqual(['stacked']);
      await cloud.orchestration.delete(`/stacks/till/${stack.id}`);
      await bench.tell('orchestration.stack.delete.end', { kind: 'stack', id: stack.id });
      const gone = async () => ((await bench.stored({ kind: 'stack', id: stack.id })) === undefined ? true : undefined);
      await until('the stack to go', gone, { everyMs: 50 });
      await bench.sweep(); // Its volume went with it, of which nothing was told.
      await until('the member to go', async () => ((await members()).length === 0 ? true : undefined), { everyMs: 50 });
    },
    MINUTE,
  );

  it(
    'keeps what a recovery point holds for as long as the point, however old, and forgets the rest',
    async () => {
      await rename('pinned');
      await bench.capture('shop', 'pnt-1');
      await rename('passing');
      await rename('present');
      await bench.query(
        `update capture.observation set seen_from = seen_from - interval '40 days', seen_until = seen_until - interval '40 days' where seen_until is not null`,
      );
      bench.stack.process('metadata-capture').kill();
      const names = async () =>
        (
          await bench.query<{ name: string }>(
            `select content ->> 'name' as name from capture.entity_version where kind = 'server'`,
          )
        ).map(({ name }) => name);
      await until('the old to be forgotten', async () => ((await names()).includes('passing') ? undefined : true), {
        everyMs: 50,
      });
      expect(await names()).toEqual(expect.arrayContaining(['pinned', 'present']));
      const diff = await until('the point', () =>
        bench.api.metadata.diff('shop', 'point:pnt-1', new Date().toISOString()).catch(() => undefined),
      );
      expect(diff.changes.find(({ id }) => id === bench.shop.servers.web1)?.fields).toContainEqual({
        field: 'spec.name',
        before: 'pinned',
        after: 'present',
      });
    },
    MINUTE,
  );

  it(
    'shows the time in which the service did not run as a gap, and does not bridge it',
    async () => {
      const process = bench.stack.process('metadata-capture');
      globalThis.process.kill(process.pid ?? 0, 'SIGSTOP');
      const stopped = new Date();
      await pause(12_000);
      const during = new Date();
      globalThis.process.kill(process.pid ?? 0, 'SIGCONT');
      const gap = await until(
        'the gap to be recorded',
        async () =>
          (
            await bench.query<{ seen_from: Date; seen_until: Date }>(
              `select * from capture.gap where seen_until > $1`,
              [during],
            )
          )[0],
        { everyMs: 50, timeoutMs: 30_000 },
      );
      expect(gap.seen_from.getTime()).toBeLessThanOrEqual(stopped.getTime());
      const then = await bench.api.metadata.asOf('shop', during.toISOString());
      expect(then.gap).toMatchObject({ from: gap.seen_from.toISOString(), until: gap.seen_until.toISOString() });
      const history = await bench.api.metadata.history('server', bench.shop.servers.web1);
      expect(history.gaps).toContainEqual(then.gap);
    },
    MINUTE,
  );
});
