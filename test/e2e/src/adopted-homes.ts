import { LifeboatApi } from '@lifeboat/api-client';
import type { AdoptionPreview, Group, Point } from '@lifeboat/contracts';
import { runOver } from '@lifeboat/demo';
import { newId } from '@lifeboat/kernel';
import { PROJECT_ROOT, startServers, startStack, until } from '@lifeboat/testing';
import type { Servers, Stack } from '@lifeboat/testing';
import { appendFileSync, cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { standing } from './left-behind.ts';
import { runProcess } from './run-process.ts';
import type { Ended } from './run-process.ts';
import type { ProtectedShop } from './shop-group.ts';
import { exportedTo, GROUP } from './without-lifeboat.ts';

const MINUTE = 60_000;

interface Marked {
  readonly id: string;
  readonly description?: string | null;
  readonly metadata?: Readonly<Record<string, string>> | null;
  readonly tags?: readonly string[];
}

interface BackupReplica {
  readonly backupId: string;
  readonly chain: readonly string[];
}

const backupsOf = (disks: Point['disks']): readonly BackupReplica[] =>
  disks.flatMap(({ driver, replica }) => (driver === 'cinder-backup' ? [replica as unknown as BackupReplica] : []));
/** Every fourteenth is a full one. */
const whatNextBuildsOn = ({ chain, backupId }: BackupReplica): string =>
  chain.length + 2 > 14 ? '' : [...chain, backupId].join(' ');
const byText = (a: string, b: string): number => a.localeCompare(b);
const chainsOf = (disks: Point['disks']): readonly string[] =>
  backupsOf(disks)
    .map(({ chain }) => chain.join(' '))
    .toSorted(byText);

/** The last of all: the instance is gone with its database and all that NATS had stored, and a fresh one is started. In the end the primary is lost too. */
export function adoptedHomes(of: () => ProtectedShop): void {
  let here: ProtectedShop;
  let servers: Servers;
  let stack: Stack;
  let api: LifeboatApi;
  let place: string;
  /** Of the group, ever. */
  const pointIds = new Set<string>();

  const cli = (...args: readonly string[]): Promise<Ended> =>
    runProcess(join(PROJECT_ROOT, 'node_modules/.bin/node'), [join(PROJECT_ROOT, 'dist/cli/lifeboat.js'), ...args], {
      LIFEBOAT_GATEWAY_URL: stack.gatewayUrl,
    });
  const previewed = async (): Promise<AdoptionPreview> => {
    const [preview] = await api.adoptions.preview({ place }, GROUP);
    if (!preview) throw new Error('nothing was found');
    return preview;
  };
  const known = async (): Promise<readonly [readonly Group[], readonly Point[]]> => {
    const groups = await api.groups.list();
    return [groups, groups.length > 0 ? await api.points.list(GROUP) : []];
  };
  /** What stands at the recovery site for the group's points; what serves a run is that run's. */
  const marked = async (): Promise<readonly string[]> => {
    const found: string[] = [];
    const { volume, image } = here.arena.recoveryCloud;
    for (const [client, path, key] of [
      [volume, '/volumes/detail', 'volumes'],
      [volume, '/snapshots/detail', 'snapshots'],
      [volume, '/backups/detail', 'backups'],
      [image, '/images', 'images'],
    ] as const)
      for await (const one of client.list<Marked>(path, key)) {
        const said = JSON.stringify([one.description, one.metadata, one.tags]);
        const ours = said.includes(GROUP) || [...pointIds].some((pointId) => said.includes(pointId));
        const kept = /lifeboat_purpose\W+(replica|point|backup)/.test(said) && !said.includes('lifeboat_retired');
        if (ours && kept) found.push(`${key} ${one.id}`);
      }
    return found;
  };

  beforeAll(async () => {
    here = of();
    place = exportedTo(here);
    servers = await startServers({ fsync: false });
    const { databaseUrl, natsUrl } = servers;
    stack = await startStack({
      databaseUrl,
      natsUrl,
      cloudsFile: here.arena.cloudsFile,
      dir: here.dir,
      env: here.env,
    });
    api = new LifeboatApi(stack.gatewayUrl, { patienceMs: 30_000 });
  }, 2 * MINUTE);
  afterAll(async () => {
    await stack.stop();
    await servers.stop();
  }, MINUTE);

  it(
    'is refused while its recovery site is not declared, and of a bundle that was altered or cut off',
    async () => {
      expect(await previewed()).toMatchObject({ refusal: { code: 'site-not-found' }, points: [] });
      await api.sites.put(here.arena.recovery);
      const [name = ''] = readdirSync(join(place, GROUP));
      const altered = join(here.dir, 'altered');
      cpSync(place, altered, { recursive: true });
      appendFileSync(join(altered, GROUP, name, 'adopt.json'), ' ');
      const cut = join(here.dir, 'cut-off');
      cpSync(place, cut, { recursive: true, filter: (file) => !file.endsWith('manifest.sig') });
      for (const from of [altered, cut]) {
        const { code, out } = await cli('adopt', '--from', from, '--yes');
        expect([code, out]).toEqual([1, expect.stringContaining('bundle-altered')]);
      }
      const { code, out } = await cli('adopt', '--from', join(here.dir, 'traces'), '--group', GROUP);
      expect([code, out]).toEqual([64, expect.stringContaining('bundle-not-found')]);
      expect(await known()).toEqual([[], []]);
    },
    2 * MINUTE,
  );

  it(
    'is previewed: what is gone is said of its point, and what bears a mark and belongs to none is left over',
    async () => {
      const whole = await previewed();
      expect(whole.refusal).toBeUndefined();
      // It may be lost as well: that is no reason not to adopt.
      expect(whole.warnings).toMatchObject([{ code: 'primary-not-declared' }]);
      expect(whole.points.map(({ verdict }) => verdict)).toEqual(['adopted', 'adopted', 'adopted']);
      expect(new Set(whole.disks.map(({ driver, next }) => `${driver} ${next}`))).toEqual(
        new Set(['cinder-backup difference', 'server-snapshot full']),
      );
      const oldest = whole.points.at(-1)?.pointId ?? '';
      const { image } = here.arena.recoveryCloud;
      for await (const { id, tags } of image.list<{ id: string; tags: string[] }>('/images', 'images'))
        if (tags.includes(`lifeboat_point=${oldest}`)) await image.delete(`/images/${id}`);
      const before = await standing(here.arena.beta);
      const { points } = await previewed();
      expect(points.map(({ verdict }) => verdict)).toEqual(['adopted', 'adopted', 'damaged']);
      expect(points.at(-1)?.why).toMatch(/image \S+ is gone/);
      const { code, out } = await cli('adopt', '--from', place);
      expect([code, out]).toEqual([0, expect.stringContaining('say it again with --yes')]);
      expect([await known(), await standing(here.arena.beta)]).toEqual([[[], []], before]);
    },
    2 * MINUTE,
  );

  it(
    'stands again, with the same ids, whichever service dies meanwhile; nothing is changed in the clouds, and a second time nothing is done',
    async () => {
      const { arena } = here;
      const before = await standing(arena.beta);
      const wanted = await previewed();
      const runId = newId();
      await api.adoptions.request(runId, GROUP, { place }, 'test');
      stack.process('data-replication').kill();
      stack.process('recovery-execution').kill();
      expect(await runOver(api, runId)).toMatchObject({ kind: 'adopt', outcome: 'completed' });
      const [[group], points] = await known();
      for (const { pointId } of points) pointIds.add(pointId);
      expect(group).toMatchObject({
        groupId: GROUP,
        name: 'Bundled',
        primary: arena.primary,
        recovery: arena.recovery,
        state: 'protected',
        policy: 'bundled',
        plan: { name: 'bundled', version: 1 },
      });
      expect(points.map(({ pointId, state }) => [pointId, state])).toEqual(
        wanted.points.map(({ pointId }) => [pointId, 'sealed']),
      );
      expect(points.map(({ damage }) => damage !== undefined)).toEqual([false, false, true]);
      expect(await standing(arena.beta)).toEqual(before);
      const again = await cli('adopt', '--from', place, '--group', GROUP, '--yes');
      expect([again.code, again.out]).toEqual([1, expect.stringContaining('group-exists')]);
      expect((await cli('adopt', '--from', place, '--yes')).code).toBe(0);
      const [, after] = await known();
      expect(after).toEqual(points);
      expect((await api.runs.list({ limit: 100 })).filter(({ kind }) => kind === 'adopt')).toHaveLength(1);
    },
    3 * MINUTE,
  );

  it(
    'rehearses from an adopted point, and leaves nothing',
    async () => {
      const before = await standing(here.arena.beta);
      const asked = { kind: 'drill', groupId: GROUP, skipPrompts: true, reason: 'test' } as const;
      const { runId } = await api.runs.start(newId(), asked);
      const run = await runOver(api, runId);
      expect(run).toMatchObject({ outcome: 'completed', state: { leaks: [], orphans: 0, doubles: 0 } });
      expect((await api.runs.receipt(runId)).totals.unexplained).toBe(0);
      expect(await standing(here.arena.beta)).toEqual(before);
    },
    4 * MINUTE,
  );

  it(
    'makes its next point, which builds on an adopted one, and discards those that are kept no longer',
    async () => {
      await api.sites.put(here.arena.primary);
      const [newest] = await api.points.list(GROUP);
      const pointId = newId();
      await api.points.request(GROUP, pointId, 'test');
      pointIds.add(pointId);
      expect(await runOver(api, pointId)).toMatchObject({ outcome: 'completed' });
      const { disks } = await api.points.get(pointId);
      expect(chainsOf(disks)).toEqual((newest ? backupsOf(newest.disks) : []).map(whatNextBuildsOn).toSorted(byText));
      await until('three to be left', async () => {
        const sealed = (await api.points.list(GROUP)).filter(({ state }) => state === 'sealed');
        const discards = (await api.runs.list({ limit: 100 })).filter(({ kind }) => kind === 'discard');
        const over = discards.length > 0 && discards.every(({ outcome }) => outcome === 'completed');
        // The primary is lost next: who still removes something there would call it.
        return over && sealed.length === 3 && sealed.every(({ damage }) => damage === undefined) ? true : undefined;
      });
    },
    3 * MINUTE,
  );

  it(
    'fails over from an adopted point with the primary lost: byte by byte, field by field, without a call to the primary',
    async () => {
      const { arena } = here;
      const adopted = (await api.points.list(GROUP)).filter(({ state }) => state === 'sealed').at(-1);
      if (!adopted) throw new Error('no adopted point is left');
      await arena.losePrimary();
      const { runId } = await api.runs.start(newId(), {
        kind: 'failover',
        groupId: GROUP,
        pointId: adopted.pointId,
        confirmPrimaryLost: true,
        skipPrompts: true,
        reason: 'test',
      });
      const calls = arena.callsAfterLoss();
      const run = await runOver(api, runId);
      expect(run).toMatchObject({ outcome: 'completed', state: { point: adopted.pointId } });
      expect(arena.callsAfterLoss() - calls).toBe(0);
      const { entries: ledger } = await api.runs.ledger(runId);
      const volumes = await arena.compareVolumes({ shop: here.shop, point: adopted, run, ledger, replicaImages: [] });
      expect(volumes.map(({ equal }) => equal)).toEqual(adopted.disks.map(() => true));
      const { totals, orphans, doubles } = await api.runs.receipt(runId);
      expect([totals.unexplained, orphans, doubles]).toEqual([0, [], []]);
    },
    4 * MINUTE,
  );

  it(
    'is unprotected like any other: what its points had there is gone, but for images that what serves stands on',
    async () => {
      expect(await marked()).not.toEqual([]);
      await api.groups.remove(GROUP);
      await until('nothing to be left of its points', async () => ((await marked()).length === 0 ? true : undefined), {
        timeoutMs: 2 * MINUTE,
      });
    },
    3 * MINUTE,
  );
}
