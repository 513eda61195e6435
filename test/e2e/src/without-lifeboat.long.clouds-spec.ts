import { LifeboatApi } from '@lifeboat/api-client';
import { counting, lastTick, Progress, realArena, resumed, runOver, standingIn } from '@lifeboat/demo';
import type { Counted, RealArena, Standing } from '@lifeboat/demo';
import { external, newId } from '@lifeboat/kernel';
import { createShop, startServers, startStack, until } from '@lifeboat/testing';
import type { Shop } from '@lifeboat/testing';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const MINUTE = 60_000;
const GROUP = 'shop';
/** What a template cannot bring: it has no name of its own, or Heat gives it another one. */
const NAMED = ['server', 'network', 'subnet', 'router', 'security group', 'port'];

interface Heat {
  readonly stack: { readonly stack_status: string; readonly stack_status_reason: string };
}

describe('a bundle, with no Lifeboat, at a real cloud', () => {
  const progress = new Progress(5);
  let arena: RealArena;
  let shop: Shop;
  let bundle: string;
  let before: readonly Standing[];
  let primary: readonly Standing[];
  let atPoint: Counted | undefined;

  beforeAll(async () => {
    const { LIFEBOAT_CLOUDS_YAML: cloudsFile = '' } = process.env;
    const servers = await startServers();
    const { databaseUrl, natsUrl } = servers;
    const dir = mkdtempSync(join(tmpdir(), 'lifeboat-bundle-'));
    const clouds = { cloudsFile, primary: 'primary', recovery: 'recovery', lose: undefined, restore: undefined };
    // Heat acts in the name of who made the stack, by trusts, which an application credential may not give.
    arena = await realArena(dir, clouds, 'admin', true);
    const env = { ...arena.env, LIFEBOAT_BUNDLE_KEY_FILE: join(dir, 'bundle-key.pem') };
    const stack = await startStack({ databaseUrl, natsUrl, cloudsFile: arena.cloudsFile, dir, env });
    progress.step('creating the workload');
    shop = await createShop(arena.primaryCloud);
    for (const id of Object.values(shop.servers)) await counting(arena.primaryCloud, id);
    progress.step('recovery point and bundle');
    bundle = await protectedIn(new LifeboatApi(stack.gatewayUrl, { patienceMs: MINUTE }), join(dir, 'bundles'));
    primary = await standingIn(arena.primaryCloud);
    await stack.stop();
    await servers.stop();
    before = await standingIn(arena.recoveryCloud);
  }, 20 * MINUTE);

  afterAll(async () => {
    await arena.close();
  }, 5 * MINUTE);

  async function protectedIn(api: LifeboatApi, place: string): Promise<string> {
    for (const site of [arena.primary, arena.recovery]) await api.sites.put(site);
    const rules = { drivers: [...arena.drivers], serverRoot: 'snapshot' as const };
    await api.policies.put({ name: 'gold', rpoSeconds: 0, keepPoints: 1, rules, bundle: { to: place, keep: 1 } });
    const ids = [
      ...Object.values(shop.servers).map((id) => ({ kind: 'server', id })),
      { kind: 'port', id: shop.ports.vip },
    ];
    const sites = { primary: arena.primary, recovery: arena.recovery };
    await api.groups.put({ groupId: GROUP, name: 'Shop', ...sites, policy: 'gold', members: { ids } });
    atPoint = await lastTick(arena.primaryCloud, shop.servers.db1);
    const { runId } = await api.points.request(GROUP, newId(), 'test');
    const patient = { timeoutMs: 15 * MINUTE, everyMs: 1_000 };
    expect(await runOver(api, runId, patient)).toMatchObject({ outcome: 'completed' });
    const made = await until('its bundle', async () => (await api.bundles.list(GROUP))[0], patient);
    expect(made).toMatchObject({ byHand: 0 });
    return join(place, GROUP, made.name);
  }

  const recover = (...args: readonly string[]): Promise<number | null> => {
    const command = [join(bundle, 'recover.py'), '--cloud', arena.recovery, ...args];
    const env = { PATH: process.env['PATH'] ?? '', OS_CLIENT_CONFIG_FILE: arena.cloudsFile };
    const child = spawn('python3', command, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr])
      createInterface(stream).on('line', (line) => progress.say(`recover.py: ${line}`));
    return new Promise((resolve) => child.on('close', resolve));
  };

  /** Every guest boots and finds all it had written by the point, in order. */
  async function guestsGoOn(): Promise<void> {
    const cloud = arena.recoveryCloud;
    const found: Counted[] = [];
    let db = Number.NaN;
    for await (const { id, name } of cloud.compute.list<{ id: string; name: string }>('/servers', 'servers')) {
      const counted = await resumed(cloud, id);
      found.push(counted);
      if (name === 'db-1') db = counted.data;
    }
    expect(found.map(({ boot }) => boot > 0)).toEqual([true, true, true]);
    expect(atPoint?.data).toBeGreaterThan(0);
    expect(db).toBeGreaterThanOrEqual(atPoint?.data ?? Number.NaN);
  }

  const named = (standing: readonly Standing[]) =>
    standing
      .filter(({ what, id, name }) => NAMED.includes(what) && name !== id)
      .map(({ what, name }) => `${what} ${name}`)
      .toSorted();
  const newAtRecovery = async () => {
    const known = new Set(before.map(({ id }) => id));
    return (await standingIn(arena.recoveryCloud)).filter(({ id }) => !known.has(id));
  };

  it(
    'recovers the workload by its script: all of it once, each guest with what the point had; and takes it back',
    async () => {
      progress.step('recover.py');
      expect(await recover('--yes')).toBe(0);
      expect(named(await newAtRecovery())).toEqual(named(primary));
      await guestsGoOn();
      progress.step('recover.py --undo');
      expect(await recover('--undo')).toBe(0);
      expect(await newAtRecovery()).toEqual([]);
      expect(await standingIn(arena.recoveryCloud)).toHaveLength(before.length);
    },
    20 * MINUTE,
  );

  it(
    'recovers it by its template, through Heat, and the stack takes it back',
    async () => {
      progress.step('Heat');
      const heat = arena.recoveryCloud.orchestration;
      const template = readFileSync(join(bundle, 'template.yaml'), 'utf8');
      const { stack } = await heat.post<{ stack: { id: string } }>('/stacks', {
        stack_name: 'shop',
        template,
        timeout_mins: 15,
      });
      const path = `/stacks/shop/${stack.id}`;
      await settles(path, 'CREATE_COMPLETE');
      expect(named(await newAtRecovery())).toEqual(named(primary));
      await guestsGoOn();
      await heat.delete(path);
      await settles(path, 'DELETE_COMPLETE');
      expect(await newAtRecovery()).toEqual([]);
    },
    20 * MINUTE,
  );

  async function settles(path: string, wanted: string): Promise<void> {
    await until(
      `Heat's ${wanted}`,
      async () => {
        const { stack } = await arena.recoveryCloud.orchestration.get<Heat>(path);
        if (stack.stack_status.endsWith('FAILED'))
          throw external('stack-failed', `Heat says ${stack.stack_status}: ${stack.stack_status_reason}`);
        return stack.stack_status === wanted || undefined;
      },
      { timeoutMs: 15 * MINUTE, everyMs: 2_000 },
    );
  }
});
