import { Drive, driverConformance } from '@lifeboat/replication-driver-api';
import type { Disk } from '@lifeboat/replication-driver-api';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simulatedBench } from '@lifeboat/testing';
import type { SimulatedBench } from '@lifeboat/testing';
import { hook } from './hook.driver.ts';

const MINUTE = 60_000;

/** A program that keeps a list of what it was asked, and plays an application that is promoted once. */
const PROGRAM = `#!/bin/sh
echo "$LIFEBOAT_VERB $LIFEBOAT_HOOK $LIFEBOAT_PLANNED $LIFEBOAT_KEY" >> "$1/asked"
case "$LIFEBOAT_VERB" in
  lag) echo '{ "seconds": 0, "bytes": 0 }' ;;
  quiesce) echo '{ "position": "42" }' ;;
  promote) echo 'two orders were on their way' > "$1/lost"; printf '{ "lost": "%s" }' "$(cat "$1/lost")" ;;
esac
`;

describe('driver hook on simulated clouds', () => {
  let bench: SimulatedBench;
  let disk: Disk;
  let dir: string;
  beforeAll(async () => {
    bench = await simulatedBench('volume', 'demo');
    disk = { ...(await bench.disk()), named: 'shop-db' };
  }, MINUTE);
  afterAll(() => bench.stop());
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'lifeboat-hook-'));
    await writeFile(join(dir, 'hook'), PROGRAM, { mode: 0o755 });
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  const asked = async (): Promise<readonly string[]> => (await readFile(join(dir, 'asked'), 'utf8')).trim().split('\n');
  const driver = () => {
    const action = { command: [join(dir, 'hook'), dir] };
    return hook.create({
      hooks: { 'shop-db': { lag: action, promote: action, quiesce: action, unquiesce: action } },
    });
  };
  const ofShop = (): SimulatedBench => ({ ...bench, disk: async () => disk });

  it.each(driverConformance(hook.create(undefined)).map(({ name }) => name))(
    '%s',
    async (name) => {
      await driverConformance(driver())
        .find((one) => one.name === name)
        ?.run(ofShop());
    },
    MINUTE,
  );

  it('holds the application still for its position, and lets it go at once', async () => {
    const conforms = driverConformance(driver()).find(({ name }) => name.startsWith('serves and removes'));
    await conforms?.run(ofShop());
    const verbs = (await asked()).map((line) => line.split(' ')[0]);
    expect(verbs).toEqual(['quiesce', 'unquiesce', 'lag']);
  });

  it('lets nobody go whom the policy has it hold for the whole point, and keeps the position', async () => {
    const drive = new Drive(driver(), bench);
    const { taken } = await drive.snapshot(disk, undefined, { frozen: { by: 'shop-db', position: '7' } });
    expect(taken.snapshot).toMatchObject({ position: '7' });
    await drive.snapshot(disk, undefined, { frozen: { by: 'another' } });
    expect((await asked()).map((line) => line.split(' ')[0])).toEqual(['quiesce', 'unquiesce']);
  });

  describe('where it holds an application still for what others carry', () => {
    const of = { hook: 'shop', groupId: 'grp-1', pointId: 'pnt-1', atMostSeconds: 20 };
    const io = { signal: new AbortController().signal };
    const quiescer = (more: object = {}) => {
      const action = { command: [join(dir, 'hook'), dir] };
      return hook.quiescer?.({ hooks: { shop: { quiesce: action, unquiesce: action, ...more } } });
    };

    it('needs no lag and no promotion, and says what it achieves', async () => {
      expect(await quiescer()?.quiesce(of, io)).toEqual({ level: 'application', position: '42' });
      expect(await quiescer({ achieves: 'quiesced' })?.quiesce(of, io)).toMatchObject({ level: 'quiesced' });
      expect(await quiescer()?.unquiesce(of, io)).toEqual({ held: true });
      expect(await asked()).toEqual([
        'quiesce shop  lifeboat:quiesce:grp-1:shop:pnt-1',
        'quiesce shop  lifeboat:quiesce:grp-1:shop:pnt-1',
        'unquiesce shop  lifeboat:unquiesce:grp-1:shop:pnt-1',
      ]);
    });

    it('carries no disk', async () => {
      const action = { command: [join(dir, 'hook'), dir] };
      const answer = await hook
        .create({ hooks: { 'shop-db': { quiesce: action, unquiesce: action } } })
        .supports(disk, bench.facts);
      expect(answer).toEqual({ ok: false, reason: expect.stringContaining('replicates nothing') });
    });

    it('runs nothing but what the drivers file names', async () => {
      await expect(quiescer()?.quiesce({ ...of, hook: '/bin/true' }, io)).rejects.toThrow(/no hook "\/bin\/true"/);
      await expect(hook.quiescer?.(undefined).quiesce(of, io)).rejects.toThrow(/no hook "shop"/);
    });

    it.each([
      [{ quiesce: { command: ['/bin/true'] } }, /quiesce and unquiesce go together/],
      [{ lag: { command: ['/bin/true'] } }, /lag and promote go together/],
      [{}, /neither lag and promote nor quiesce and unquiesce/],
    ])('refuses %j', (one, why) => expect(() => hook.create({ hooks: { shop: one } })).toThrow(why));
  });

  it('gives every repeat of a promotion the same key', async () => {
    const conforms = driverConformance(driver()).find(({ name }) => name.startsWith('makes the target'));
    await conforms?.run(ofShop());
    const keys = (await asked()).filter((line) => line.startsWith('promote shop-db false'));
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(1);
  });

  it.each([
    ['no hook is named', { named: undefined }, /names one of the hooks/],
    ['the drivers file has no such hook', { named: 'blog-db' }, /no hook "blog-db"/],
    ['a server would boot from it', { named: 'shop-db', bootable: true }, /boot from nothing/],
  ])('refuses a disk when %s', async (_why, more, reason) => {
    const answer = await driver().supports({ ...disk, ...more } as Disk, bench.facts);
    expect(answer).toEqual({ ok: false, reason: expect.stringMatching(reason) });
  });

  it('takes the name of its hook from the volume when the rule says none', async () => {
    const { named: _, ...bare } = disk;
    expect(await driver().supports({ ...bare, metadata: { lifeboat_hook: 'shop-db' } }, bench.facts)).toEqual({
      ok: true,
    });
  });
});
