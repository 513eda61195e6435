import { BundleOnDisk } from '../simulated/bundle-on-disk.ts';
import { CompiledShop } from '../simulated/compiled-shop.ts';
import type { Compiled } from './compile.ts';
import type { Standing } from './script.ts';

const MINUTE = 60_000;

const lengthPrefixed = (bytes: Buffer): Buffer => Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes]);
const THEIR_KEY = Buffer.concat([Buffer.from('ssh-ed25519'), Buffer.alloc(32, 7)].map(lengthPrefixed)).toString(
  'base64',
);

describe('recover.py', () => {
  let shop: CompiledShop;
  let compiled: Compiled;
  let before: string;
  let bundle: BundleOnDisk;

  const standing = async (): Promise<string> => {
    const all = await shop.there.inventory();
    const ids = Object.entries(all).flatMap(([kind, items]) =>
      (items as readonly Readonly<Record<string, unknown>>[]).map(
        (one) => `${kind} ${String(one['id'] ?? one['name'])}`,
      ),
    );
    return ids.toSorted().join('\n');
  };
  const stands = (): readonly Standing[] =>
    compiled.script.stands.map(({ target, ...one }) => ({
      ...one,
      ...(target !== undefined && { target: bundle.resolved(target) }),
    }));
  const counts = async () => {
    const { servers, networks, ports, volumes, routers, floatingIps, keypairs, serverGroups, securityGroups } =
      await shop.there.inventory();
    return [servers, networks, ports, volumes, routers, floatingIps, keypairs, serverGroups, securityGroups].map(
      ({ length }) => length,
    );
  };
  const unexplained = async () =>
    (await shop.receipts(stands())).flatMap(({ kind, name, fields }) =>
      fields.filter(({ outcome }) => outcome === 'unexplained').map((field) => ({ kind, name, ...field })),
    );

  beforeAll(async () => {
    shop = await CompiledShop.start();
    before = await standing();
    compiled = await shop.compile();
  });
  afterAll(() => shop.stop());
  beforeEach(() => {
    bundle = new BundleOnDisk(compiled.script, shop.there.cloudsYamlEntry());
  });
  afterEach(() => {
    shop.there.faults.clear();
    bundle.remove();
  });

  let made: readonly number[];

  it(
    'makes what a failover would have made, field by field, and takes it back without a trace',
    async () => {
      expect(await bundle.run()).toMatchObject({ code: 0, error: '' });
      expect(await unexplained()).toEqual([]);
      made = await counts();
      const again = await bundle.run();
      expect(again.code).toBe(0);
      expect(await counts()).toEqual(made);
      expect(await bundle.run(['--undo'])).toMatchObject({ code: 0, error: '' });
      expect(await standing()).toBe(before);
    },
    MINUTE,
  );

  it(
    'may be killed anywhere and started again: nothing is made twice, and nothing is forgotten',
    async () => {
      // Before, within and after calls: the journal has three lines for most.
      for (let lines = 2; ; lines += 31) {
        const { code, error } = await bundle.run([], { journal: lines });
        if (code === 0) break;
        expect([code, error]).toEqual([null, '']);
      }
      expect(await counts()).toEqual(made);
      expect(await unexplained()).toEqual([]);
      for (let lines = 3, code: number | null = null; code !== 0; lines += 11)
        ({ code } = await bundle.run(['--undo'], { said: lines }));
      expect(await standing()).toBe(before);
    },
    3 * MINUTE,
  );

  it(
    'goes on where an answer was lost: what was made is found, and not made again',
    async () => {
      for (const path of ['/networks$', '/servers$', '/os-server-groups$', '/security-group-rules$', '/volumes$'])
        shop.there.faults.add({ kind: 'reset-after', method: 'POST', path, count: 1 });
      shop.there.faults.add({ kind: 'error', status: 503, method: 'POST', path: '/ports$', count: 2 });
      expect(await bundle.run()).toMatchObject({ code: 0 });
      expect(await counts()).toEqual(made);
      await bundle.run(['--undo']);
      expect(await standing()).toBe(before);
    },
    MINUTE,
  );

  it(
    'says what the cloud refused and where, leaves what it made to the next try, and can take half of it back',
    async () => {
      // Somebody was faster: it is used, and is not ours to remove.
      const keypair = { name: 'shop-key', public_key: `ssh-ed25519 ${THEIR_KEY}`, type: 'ssh' };
      await shop.target.compute.post('/os-keypairs', { keypair });
      const withKey = await standing();
      shop.there.faults.add({ kind: 'error', status: 403, method: 'POST', path: '/servers$', message: 'no more' });
      const { code, error } = await bundle.run();
      expect(code).toBe(1);
      expect(error).toContain('POST compute /servers: 403');
      expect(await bundle.run(['--undo'])).toMatchObject({ code: 0 });
      expect(await standing()).toBe(withKey);
      await shop.target.compute.delete('/os-keypairs/shop-key');
      expect(await standing()).toBe(before);
    },
    MINUTE,
  );

  it('shows its calls without credentials, and makes nothing', async () => {
    const { code, out } = await bundle.run(['--dry-run', '--cloud', 'nobody']);
    expect(code).toBe(0);
    expect(out).toContain('POST network /networks');
    expect(bundle.journal()).toEqual([]);
    expect(await standing()).toBe(before);
  });

  it('refuses a bundle that is not as it was written, and credentials that are not there', async () => {
    expect(await bundle.run(['--cloud', 'nobody'])).toMatchObject({ code: 4 });
    bundle.tamper();
    expect(await bundle.run()).toMatchObject({ code: 5 });
  });
});
