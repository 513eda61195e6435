import { PROJECT_ROOT } from '@lifeboat/testing';
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Pass {
  /** Of processor time, user and system, of the program and all that it started. */
  readonly cpuSeconds: number;
  /** That it stored. */
  readonly bytes: number;
}

/** A program that carries a volume, as a file, to a store of its own. The first pass stores all, later ones what they find to differ. */
export interface Peer {
  readonly name: string;
  readonly program: string;
  /** Of Debian. */
  readonly debian: string;
  pass(volume: string, dir: string): Promise<Pass>;
}

/** By the shell's own account of its children. */
async function timed(command: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<{ cpu: number; out: string }> {
  const script = 'exec 3>&2; TIMEFORMAT="%U %S"; { time "$@" 2>/dev/null; } 2>&3';
  const { stdout, stderr } = await run('bash', ['-c', script, 'bash', ...command], { env: { ...process.env, ...env } });
  const [user = Number.NaN, system = Number.NaN] = stderr.trim().split(' ').map(Number);
  return { cpu: user + system, out: stdout };
}

const bytesIn = (dir: string): number =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);

/** A store that grows by each pass. */
async function growing(store: string, command: readonly string[], env: NodeJS.ProcessEnv): Promise<Pass> {
  const before = bytesIn(store);
  const { cpu } = await timed(command, env);
  return { cpuSeconds: cpu, bytes: bytesIn(store) - before };
}

const restic: Peer = {
  name: 'restic',
  program: 'restic',
  debian: 'restic',
  async pass(volume, dir) {
    const store = join(dir, 'restic');
    // One thread: with more it spends more in all.
    const env = {
      RESTIC_PASSWORD: 'bench',
      RESTIC_REPOSITORY: store,
      RESTIC_CACHE_DIR: join(dir, 'restic-cache'),
      GOMAXPROCS: '1',
    };
    if (!isThere(store)) await run('restic', ['init'], { env: { ...process.env, ...env } });
    return growing(store, ['restic', 'backup', '--force', volume], env);
  },
};

const borg: Peer = {
  name: 'borg',
  program: 'borg',
  debian: 'borgbackup',
  async pass(volume, dir) {
    const store = join(dir, 'borg');
    const env = { BORG_BASE_DIR: join(dir, 'borg-home'), BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: 'yes' };
    if (!isThere(store))
      await run('borg', ['init', '--encryption', 'none', store], { env: { ...process.env, ...env } });
    return growing(store, ['borg', 'create', '--compression', 'zstd,1', `${store}::{utcnow}`, volume], env);
  },
};

const qemuImg: Peer = {
  name: 'qemu-img convert (knows no differences)',
  program: 'qemu-img',
  debian: 'qemu-utils',
  async pass(volume, dir) {
    const image = join(dir, 'image.qcow2');
    const { cpu } = await timed(['qemu-img', 'convert', '-f', 'raw', '-O', 'qcow2', volume, image]);
    return { cpuSeconds: cpu, bytes: statSync(image).size };
  },
};

const cinderLoop: Peer = {
  name: 'Cinder loop',
  program: 'python3',
  debian: 'python3',
  async pass(volume, dir) {
    const script = join(PROJECT_ROOT, 'test/bench/src/blocks/cinder_loop.py');
    const { cpu, out } = await timed(['python3', script, volume, join(dir, 'cinder')]);
    return { cpuSeconds: cpu, bytes: Number(out) };
  },
};

const PEERS: readonly Peer[] = [cinderLoop, restic, borg, qemuImg];

const isThere = (path: string): boolean => statSync(path, { throwIfNoEntry: false }) !== undefined;
const works = ({ program }: Peer): boolean =>
  spawnSync(program, [program === 'restic' ? 'version' : '--version'], { stdio: 'ignore' }).status === 0;

/** Those that are there; as root, missing ones are installed from Debian first. Says which are not. */
export function presentPeers(say: (what: string) => void): readonly Peer[] {
  const missing = PEERS.filter((peer) => !works(peer)).map(({ debian }) => debian);
  if (missing.length > 0 && process.getuid?.() === 0) install(missing, say);
  return PEERS.filter((peer) => {
    const there = works(peer);
    if (!there)
      say(`NOT compared with ${peer.name}: ${peer.program} is not installed (apt-get install ${peer.debian})`);
    return there;
  });
}

function install(packages: readonly string[], say: (what: string) => void): void {
  say(`installing ${packages.join(', ')}`);
  const apt = ['install', '--yes', '--no-install-recommends', ...packages];
  try {
    execFileSync('apt-get', apt, { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
  } catch (thrown) {
    say(`apt-get failed: ${(thrown as Error).message}`);
  }
}
