import { runOver } from '@lifeboat/demo';
import { newId } from '@lifeboat/kernel';
import type { Json } from '@lifeboat/kernel';
import { entities } from '@lifeboat/openstack-entities';
import {
  captureGroup,
  captureProject,
  MemoryLedger,
  receipt,
  RunState,
  topology,
} from '@lifeboat/openstack-entity-api';
import type { Entity, Topology } from '@lifeboat/openstack-entity-api';
import { compareBytes, PROJECT_ROOT, until } from '@lifeboat/testing';
import { appendFileSync, cpSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { standing } from './left-behind.ts';
import { runProcess as run } from './run-process.ts';
import type { Ended } from './run-process.ts';
import type { ProtectedShop } from './shop-group.ts';

const MINUTE = 60_000;
/** Of which bundles are made. */
export const GROUP = 'bundled';
/** A check of readiness, and a compilation, ask the recovery site much. */
const PATIENT = { timeoutMs: 2 * MINUTE, everyMs: 1_000 };

const linesOf = (file: string): readonly string[] =>
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line.endsWith('}'))
    : [];

/** Where the last bundle of all stands, which knows the plan. */
export const exportedTo = ({ dir }: ProtectedShop): string => join(dir, 'elsewhere');

interface Script {
  readonly stands: readonly {
    readonly kind: string;
    readonly id: string;
    readonly how: string;
    readonly target?: string;
  }[];
  readonly calls: readonly { readonly n: number; readonly of: { readonly kind: string; readonly id: string } }[];
}

/** Sealed well enough to be compared. */
const seal = (plain: string): Json => ({ $sealed: Buffer.from(plain).toString('base64'), digest: plain });

/** It stops everything. The shop is a group once more, as it stands at its old primary. */
export function withoutLifeboat(of: () => ProtectedShop): void {
  let here: ProtectedShop;
  let place: string;
  let bundle: string;
  let captured: Topology;

  const cli = (...args: readonly string[]): Promise<Ended> =>
    run(join(PROJECT_ROOT, 'node_modules/.bin/node'), [join(PROJECT_ROOT, 'dist/cli/lifeboat.js'), ...args], {
      LIFEBOAT_GATEWAY_URL: here.stack.gatewayUrl,
    });
  const point = async (): Promise<string> => {
    const pointId = newId();
    await here.api.points.request(GROUP, pointId, 'test');
    expect(await runOver(here.api, pointId)).toMatchObject({ outcome: 'completed' });
    return pointId;
  };
  /** What is compared is what was captured: nobody writes any more. */
  const stopGuests = async (): Promise<void> => {
    const { compute } = here.arena.primaryCloud;
    const statusOf = async (id: string) =>
      (await compute.get<{ server: { status: string } }>(`/servers/${id}`)).server.status;
    for (const id of Object.values(here.shop.servers)) {
      if ((await statusOf(id)) === 'ACTIVE') await compute.post(`/servers/${id}/action`, { 'os-stop': null });
      await until('it to stand still', async () => ((await statusOf(id)) === 'SHUTOFF' ? true : undefined), PATIENT);
    }
  };
  const policy = (to: string) => ({
    name: 'bundled',
    rpoSeconds: 0,
    keepPoints: 3,
    bundle: { to, keep: 2 },
    rules: { drivers: [...here.arena.drivers], serverRoot: 'snapshot' as const },
  });
  const bundled = (pointId: string) =>
    until(
      'a bundle of the point',
      async () => (await here.api.bundles.list(GROUP)).find((one) => one.pointId === pointId && one.place === place),
      PATIENT,
    );

  beforeAll(async () => {
    here = of();
    const { arena, api, shop } = here;
    const { primary, recovery } = arena;
    place = join(here.dir, 'bundles');
    await stopGuests();
    await api.policies.put(policy(join(here.dir, 'clouds.yaml', 'no-folder')));
    const ids = [
      ...Object.values(shop.servers).map((id) => ({ kind: 'server', id })),
      { kind: 'port', id: shop.ports.vip },
    ];
    await api.groups.put({ groupId: GROUP, name: 'Bundled', primary, recovery, policy: 'bundled', members: { ids } });
    const snapshot = await captureProject({ cloud: arena.primaryCloud, registry: entities, seal });
    captured = captureGroup(snapshot, entities, ids).topology;
  });

  it(
    'says that a bundle could not be written, and seals its points all the same',
    async () => {
      await point();
      const warned = await until(
        'the warning',
        async () => {
          const { warnings, blockers } = await here.api.groups.checkReadiness(GROUP);
          const found = warnings.find(({ code }) => code === 'bundle-failed');
          return found && { found, blockers };
        },
        PATIENT,
      );
      expect(warned).toMatchObject({ found: { where: expect.stringContaining('no-folder') as string }, blockers: [] });
    },
    4 * MINUTE,
  );

  it(
    'writes one after each point, readable by its owner alone, and keeps so many as the policy says',
    async () => {
      await here.api.policies.put(policy(place));
      for (let n = 0; n < 2; n++) await bundled(await point());
      const last = await bundled(await point());
      await until(
        'the oldest to be gone',
        async () => (readdirSync(join(place, GROUP)).length === 2 ? true : undefined),
        PATIENT,
      );
      bundle = join(place, GROUP, last.name);
      expect(last).toMatchObject({ byHand: 0, groupId: GROUP });
      expect((await here.api.bundles.list(GROUP)).map(({ name }) => name).toSorted()).toEqual(
        readdirSync(join(place, GROUP)),
      );
      expect(statSync(bundle).mode & 0o777).toBe(0o700);
      for (const file of readdirSync(bundle)) expect(statSync(join(bundle, file)).mode & 0o077).toBe(0);
      const { warnings } = await here.api.groups.checkReadiness(GROUP);
      expect(warnings.filter(({ code }) => code === 'bundle-failed')).toEqual([]);
    },
    8 * MINUTE,
  );

  it(
    'shows the calls of a plan without user data, and exports when asked',
    async () => {
      const wave = { name: 'data', servers: [{ name: 'db-1' }], prompt: 'Is the data there?' };
      const document = {
        apiVersion: 'lifeboat/v1',
        kind: 'RecoveryPlan',
        metadata: { name: 'bundled' },
        spec: { group: GROUP, waves: [wave] },
      };
      await here.api.plans.put('bundled', JSON.stringify(document), 'test');
      const shown = await cli('plan', 'compile', 'bundled', '--json');
      expect(shown.code).toBe(0);
      expect(shown.out).toContain('"path":"/servers"');
      expect(shown.out).not.toContain('user_data');
      const elsewhere = exportedTo(here);
      expect(await cli('bundle', 'export', GROUP, '--to', elsewhere)).toMatchObject({ code: 0 });
      const [name = ''] = readdirSync(join(elsewhere, GROUP));
      bundle = join(elsewhere, GROUP, name);
      expect(readFileSync(join(bundle, 'calls.json'), 'utf8')).toContain('user_data');
      expect(readFileSync(join(bundle, 'RUNBOOK.md'), 'utf8')).toContain('Is the data there?');
    },
    4 * MINUTE,
  );

  describe('when every service, PostgreSQL and NATS are gone', () => {
    let before: readonly string[];
    let journal: string;
    const recover = (args: readonly string[], dieAt?: number): Promise<Ended> => {
      const given = [join(bundle, 'recover.py'), '--cloud', here.arena.recovery, '--poll', '0.1', ...args];
      const env = { OS_CLIENT_CONFIG_FILE: here.arena.cloudsFile };
      return run('python3', given, env, () => dieAt !== undefined && linesOf(journal).length >= dieAt);
    };

    beforeAll(async () => {
      await here.stack.stop();
      await here.servers.stop();
      // Disks can be compared as they came.
      await here.arena.beta.control('POST', '/guests/hold');
      before = await standing(here.arena.beta);
      journal = join(bundle, 'journal.jsonl');
    }, MINUTE);

    it(
      'the files can be verified by the CLI and by openssl, and a changed one is found',
      async () => {
        expect(await cli('bundle', 'verify', bundle)).toMatchObject({ code: 0 });
        const manifest = ['-in', join(bundle, 'manifest.json'), '-sigfile', join(bundle, 'manifest.sig')];
        const openssl = ['pkeyutl', '-verify', '-pubin', '-inkey', join(bundle, 'manifest.pub'), '-rawin', ...manifest];
        expect((await run('openssl', openssl, {})).out).toContain('Signature Verified Successfully');
        const changed = join(here.dir, 'changed');
        cpSync(bundle, changed, { recursive: true });
        appendFileSync(join(changed, 'calls.json'), ' ');
        expect(await cli('bundle', 'verify', changed)).toMatchObject({ code: 1 });
        expect(
          (
            await run('python3', [join(changed, 'recover.py'), '--cloud', here.arena.recovery], {
              OS_CLIENT_CONFIG_FILE: here.arena.cloudsFile,
            })
          ).code,
        ).toBe(5);
      },
      MINUTE,
    );

    it(
      'the workload is recovered by the bundle alone, killed on the way: byte by byte, field by field, nothing twice',
      async () => {
        expect(await recover([])).toMatchObject({ code: 3 });
        let tries = 0;
        for (let lines = linesOf(journal).length + 9; (await recover(['--yes'], lines)).code !== 0; lines += 45)
          expect(++tries).toBeLessThan(12);
        const script = JSON.parse(readFileSync(join(bundle, 'calls.json'), 'utf8')) as Script;
        const stands = standingBy(script, linesOf(journal));
        expect(await unexplained(stands)).toEqual([]);
        for (const { kind, id, target } of stands.filter((one) => one.kind === 'volume'))
          expect([
            kind,
            await compareBytes(here.arena.alpha.bytesOf('volume', id), here.arena.beta.bytesOf('volume', target ?? '')),
          ]).toMatchObject(['volume', { equal: true }]);
        // What is new there is what stands for something: nothing twice, and no stranger.
        const known = new Set([...stands.flatMap(({ target }) => target ?? []), ...(await neutronsOwn())]);
        const isKnown = (one: string): boolean => known.has(one.split(' ')[1]?.split('/').at(-1) ?? '');
        const strangers = (await standing(here.arena.beta)).filter((one) => !before.includes(one) && !isKnown(one));
        expect(strangers).toEqual([]);
      },
      4 * MINUTE,
    );

    it(
      'and taken back: the recovery site is as it was',
      async () => {
        const undone = await recover(['--undo']);
        expect([undone.code, undone.out]).toEqual([0, expect.stringContaining('Undone')]);
        expect(await standing(here.arena.beta)).toEqual(before);
      },
      2 * MINUTE,
    );

    /** Ports of gateways, floating IPs and DHCP, which nobody asks for. */
    async function neutronsOwn(): Promise<readonly string[]> {
      const ids: string[] = [];
      const ports = here.arena.recoveryCloud.network.list<{ id: string; device_owner: string }>('/ports', 'ports');
      for await (const { id, device_owner: owner } of ports) if (owner.startsWith('network:')) ids.push(id);
      return ids;
    }

    /** What the script says stands for what, with what its journal says by now. */
    function standingBy(script: Script, lines: readonly string[]): Script['stands'] {
      const keeps = new Map<number, Readonly<Record<string, string>>>();
      for (const line of lines) {
        const entry = JSON.parse(line) as { readonly n: number; readonly keeps?: Readonly<Record<string, string>> };
        if (entry.keeps) keeps.set(entry.n, entry.keeps);
      }
      const resolved = (text: string): string =>
        text.replaceAll(/\$\{(\d+)\.([\w.]+)\}/g, (_, n: string, field: string) => keeps.get(Number(n))?.[field] ?? '');
      return script.stands.map(({ target, ...one }) => ({
        ...one,
        ...(target !== undefined && { target: resolved(target) }),
      }));
    }

    async function unexplained(stands: Script['stands']): Promise<readonly object[]> {
      const ledger = new MemoryLedger();
      for (const { kind, id, how, target } of stands)
        await ledger.put({
          ref: { kind, id },
          state: 'finished',
          how,
          ...(target !== undefined && { targetId: target }),
        });
      const cloud = here.arena.recoveryCloud;
      const provided = new Map(
        stands.flatMap(({ kind, id, how, target }) =>
          how === 'provided' ? [[`${kind}/${id}`, target ?? ''] as const] : [],
        ),
      );
      for (const { id } of captured.of('server')) provided.set(`server-root/${id}`, 'its snapshot');
      const state = await RunState.load({
        runId: 'compared',
        source: here.arena.primary,
        cloud,
        registry: entities,
        topology: captured,
        ledger,
        provided,
        mappings: {},
        open: () => '',
        signal: new AbortController().signal,
      });
      const { all } = await captureProject({ cloud, registry: entities, seal });
      // What no list of the project reaches is asked for by its id, as a failover's comparison does.
      const further: Entity[] = [];
      for (const { kind, target } of stands) {
        if (target === undefined || all.get({ kind, id: target })) continue;
        const live = await entities.get(kind).get(cloud, target, state.scope);
        if (live) further.push({ ...entities.get(kind).capture(live, state.scope), kind });
      }
      return receipt(captured, topology([...all.entities, ...further]), state).flatMap(({ kind, name, fields }) =>
        fields.filter(({ outcome }) => outcome === 'unexplained').map((field) => ({ kind, name, ...field })),
      );
    }
  });
}
