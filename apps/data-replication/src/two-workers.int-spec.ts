import { DiscardDisks, GroupChanged, ReplicateDisks } from '@lifeboat/contracts';
import type { Disk, DiskReplica } from '@lifeboat/contracts';
import { newId } from '@lifeboat/kernel';
import { freePort, PROJECT_ROOT, until } from '@lifeboat/testing';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { CountedLink } from './simulated/counted-link.ts';
import { DataBench } from './simulated/data-bench.ts';

const MINUTE = 60_000;
const MIB = 1024 ** 2;
const GIB_BYTES = 64 * MIB;
const WRITTEN = 48 * MIB;
const SLOW = 4 * MIB;
/** The sender has flushed by then, under that limit. */
const MOST_OF_IT = 42 * MIB;

const openssl = spawnSync('openssl', ['version']).status === 0;

/** As the how-to says it, but for the host. */
function makeCertificates(folder: string): void {
  const page = readFileSync(join(PROJECT_ROOT, 'docs/how-to/two-workers.md'), 'utf8');
  const commands = /```sh\n(.*?)```/s.exec(page)?.[1] ?? '';
  expect(commands).toContain('openssl');
  mkdirSync(folder);
  const run = (script: string): void =>
    void execFileSync('sh', ['-ec', script.replaceAll('worker.$site.example', 'localhost')], {
      cwd: folder,
      stdio: 'ignore',
    });
  run(commands);
  // Who may not send: good but not named, run out, and of an authority of the same name that is not ours.
  const like = (name: string, days: number, ca: string): string =>
    `openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=${name === 'gamma' ? 'gamma' : 'alpha'} -keyout ${name}.key -out ${name}.csr
     openssl x509 -req -in ${name}.csr -CA ${ca}.pem -CAkey ${ca}.key -CAcreateserial -days ${days} -extfile alpha.ext -out ${name}.pem`;
  run(
    `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj '/CN=Lifeboat of alpha and beta' -keyout other-ca.key -out other-ca.pem`,
  );
  for (const script of [like('gamma', 2, 'ca'), like('expired', -1, 'ca'), like('impostor', 2, 'other-ca')])
    run(script);
  showCertificateOf(folder, 'alpha');
}

/** What the worker at alpha shows from now on. */
function showCertificateOf(folder: string, name: string): void {
  for (const end of ['pem', 'key']) cpSync(join(folder, `${name}.${end}`), join(folder, `shown.${end}`));
}

const title = `a worker at each site, over TLS${openssl ? '' : ', NOT TESTED, since there is no openssl here'}`;
(openssl ? describe : describe.skip)(title, () => {
  let bench: DataBench;
  let link: CountedLink;
  const tlsFolder = (): string => join(bench.dir, 'tls');

  beforeAll(async () => {
    const port = await freePort();
    link = await CountedLink.to(port);
    bench = await DataBench.start(GIB_BYTES, {
      drivers: async (dir) => {
        makeCertificates(join(dir, 'tls'));
        return settingsOf(dir, ['alpha', 'beta'], link.port);
      },
      // Of the other's storage neither is told anything.
      workers: async (dir) => ({
        alpha: settingsOf(dir, ['alpha'], link.port),
        beta: settingsOf(dir, ['beta'], port),
      }),
    });
  }, 3 * MINUTE);
  afterAll(async () => {
    await bench.stop();
    link.stop();
  }, MINUTE);

  const replicate = async (disk: Disk, groupId = 'grp-1', pointId = newId()) => {
    link.count();
    const { disks } = await bench.ask(ReplicateDisks, {
      groupId,
      pointId,
      source: 'alpha',
      target: 'beta',
      disks: [disk],
      rules: [{ driver: 'block-stream' }],
    });
    return { groupId, pointId, carried: disks[0] as DiskReplica };
  };
  const replicaOf = ({ replica }: DiskReplica) => replica as { readonly volumeId: string; readonly snapshotId: string };
  const removed = async (...points: { readonly groupId: string; readonly pointId: string }[]): Promise<void> => {
    for (const { groupId, pointId } of points) await bench.ask(DiscardDisks, { groupId, pointId, sourceLost: false });
    expect([await bench.marked('alpha'), await bench.marked('beta')]).toEqual([[], []]);
  };
  /** Slow enough to be caught in the middle. */
  const slowGroup = async (): Promise<string> => {
    const groupId = `grp-${newId()}`;
    const group = { groupId, primary: 'alpha', policy: 'slow', members: {}, state: 'protected' as const };
    await bench.announce(GroupChanged, { ...group, bandwidth: [{ bytesPerSecond: SLOW }] });
    return groupId;
  };
  const endsFromThere = async (disk: Disk, running: ReturnType<typeof replicate>): Promise<void> => {
    const point = await running;
    expect(link.bytes).toBeGreaterThan(0);
    expect(link.bytes).toBeLessThan(WRITTEN / 2);
    expect(await bench.digest('beta', replicaOf(point.carried).volumeId)).toBe(await bench.digest('alpha', disk.id));
    await removed(point);
  };
  const mostIsSent = (): Promise<true> =>
    until('most of the volume to be sent', async () => (link.bytes > MOST_OF_IT ? true : undefined), {
      timeoutMs: MINUTE,
      everyMs: 20,
    });

  it(
    'carries every byte, and of the next point only what was written since',
    async () => {
      const disk = await bench.volume('data', WRITTEN);
      const before = await bench.digest('alpha', disk.id);
      const first = await replicate(disk);
      expect(first.carried).toMatchObject({ driver: 'block-stream' });
      expect(first.carried.bytes).toBeGreaterThan(WRITTEN);
      expect(link.bytes).toBeGreaterThan(WRITTEN);
      await bench.write('alpha', disk.id, 8_192);
      const second = await replicate(disk);
      expect(second.carried.bytes).toBeLessThan(MIB / 4);
      expect(link.bytes).toBeLessThan(MIB / 4);
      const { volumeId } = replicaOf(second.carried);
      expect(volumeId).toBe(replicaOf(first.carried).volumeId);
      const after = await bench.digest('alpha', disk.id);
      expect(after).not.toBe(before);
      expect(await bench.digest('beta', volumeId)).toBe(after);
      expect(digestOfSnapshot(bench.dir, replicaOf(first.carried).snapshotId)).toBe(before);
      expect(digestOfSnapshot(bench.dir, replicaOf(second.carried).snapshotId)).toBe(after);
      await removed(first, second);
    },
    3 * MINUTE,
  );

  it.each(['alpha', 'beta'] as const)(
    'keeps to the limit of the policy, and goes on by itself from where it was when the worker at %s is killed',
    async (side) => {
      const disk = await bench.volume('data', WRITTEN);
      const running = replicate(disk, await slowGroup());
      await mostIsSent();
      const seconds = (performance.now() - link.begunAt) / 1_000;
      expect(link.bytes).toBeLessThan(SLOW * (seconds + 1));
      bench.worker(side).kill();
      await pause(100);
      link.count();
      await endsFromThere(disk, running);
    },
    3 * MINUTE,
  );

  it(
    'goes on by itself after the link was cut',
    async () => {
      const disk = await bench.volume('data', WRITTEN);
      const running = replicate(disk, await slowGroup());
      await mostIsSent();
      link.cut();
      await pause(4_000);
      link.count();
      link.mend();
      await endsFromThere(disk, running);
    },
    3 * MINUTE,
  );

  it.each([
    ['of another authority', 'impostor', 'sender-not-trusted'],
    ['that has run out', 'expired', 'sender-not-trusted'],
    ['whose name is not known', 'gamma', 'sender-unknown'],
  ])(
    'writes nothing for a worker with a certificate %s, and says so',
    async (_what, stranger, code) => {
      const trees = (): readonly string[] => readdirSync(join(bench.dir, 'blocks-beta', 'beta', 'replicas'));
      const [disk, pointId, before] = [await bench.volume('data'), newId(), trees()];
      showCertificateOf(tlsFolder(), stranger);
      try {
        await expect(replicate(disk, 'grp-1', pointId)).rejects.toMatchObject({ code });
        const { volumes } = await bench.clouds.beta.volume.get<{ volumes: { id: string }[] }>('/volumes');
        expect(volumes).toHaveLength(1);
        const blank = createHash('sha256').update(Buffer.alloc(GIB_BYTES)).digest('hex');
        expect(await bench.digest('beta', volumes[0]?.id ?? '')).toBe(blank);
        expect(trees()).toEqual(before);
      } finally {
        showCertificateOf(tlsFolder(), 'alpha');
      }
      await removed({ groupId: 'grp-1', pointId });
      await removed(await replicate(disk));
    },
    3 * MINUTE,
  );

  it(
    'carries by itself once the receiver, which was started without its key, has it',
    async () => {
      const [key, away] = ['beta.key', 'away'].map((name) => join(tlsFolder(), name)) as [string, string];
      const starts = bench.worker('beta').starts;
      renameSync(key, away);
      bench.worker('beta').kill();
      await until('the worker to start again', async () => (bench.worker('beta').starts > starts ? true : undefined));
      await bench.worker('beta').ready();
      const running = replicate(await bench.volume('data'));
      await pause(1_000);
      renameSync(away, key);
      await removed(await running);
    },
    3 * MINUTE,
  );

  it(
    'has put nothing of keys and certificates into its logs',
    async () => {
      const point = await replicate(await bench.volume('data'));
      const folders = [tlsFolder(), join(bench.dir, 'blocks-alpha', 'alpha', 'disks')];
      const secrets = folders.map(secretsIn);
      expect(secrets.map((list) => list.length > 0)).toEqual([true, true]);
      const logs = join(bench.dir, 'logs');
      const text = readdirSync(logs)
        .map((name) => readFileSync(join(logs, name), 'utf8'))
        .join('\n');
      expect(text).toContain('sender-not-trusted');
      expect(secrets.flat().filter((secret) => text.includes(secret))).toEqual([]);
      expect(text).not.toMatch(/PRIVATE KEY|BEGIN CERTIFICATE/);
      expect(text).not.toContain(tlsFolder());
      await removed(point);
    },
    MINUTE,
  );
});

/** The drivers file of who reaches the storage of these sites. */
function settingsOf(dir: string, reached: readonly ('alpha' | 'beta')[], port: number): object {
  const disks = (site: string, what: string): string => join(dir, site, 'disks', `${what}-%s.raw`);
  const volumes = (site: 'alpha' | 'beta') =>
    reached.includes(site)
      ? { '*': { kind: 'file', volume: disks(site, 'volume'), snapshot: disks(site, 'snapshot') } }
      : {};
  const tls = (name: string) => ({
    ca: join(dir, 'tls', 'ca.pem'),
    cert: join(dir, 'tls', `${name}.pem`),
    key: join(dir, 'tls', `${name}.key`),
  });
  const receive = { host: 'localhost', port, listen: '127.0.0.1', workers: ['alpha'], tls: tls('beta') };
  return {
    'block-stream': {
      folder: join(dir, `blocks-${reached.join('-')}`),
      sites: {
        alpha: { volumes: volumes('alpha'), tls: tls('shown') },
        beta: { volumes: volumes('beta'), receive },
      },
    },
  };
}

const digestOfSnapshot = (dir: string, id: string): string =>
  createHash('sha256')
    .update(readFileSync(join(dir, 'beta', 'disks', `snapshot-${id}.raw`)))
    .digest('hex');

/** Lines of keys and certificates. */
const secretsIn = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => /\.(pem|key)$/.test(name))
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
    .filter((line) => /^[\w+/=]{40,}$/.test(line));
