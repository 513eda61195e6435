import { unavailable } from '@lifeboat/kernel';
import { openRbd, rbd } from '@lifeboat/replication-blocks';
import type { BlockDevice, CephCluster } from '@lifeboat/replication-blocks';
import { existsSync } from 'node:fs';

/** As test/clouds brings them up. */
const CLUSTERS = {
  primary: { conf: '/etc/ceph/primary.conf', user: 'cinder' },
  recovery: { conf: '/etc/ceph/recovery.conf', user: 'cinder' },
} as const satisfies Record<string, CephCluster>;
const POOL = 'volumes';
const TIMEOUT_MS = 300_000;

/** An image of the benchmark in one of the two clusters, removed with all its snapshots at the end. */
export class Image implements AsyncDisposable {
  private constructor(
    readonly cluster: CephCluster,
    readonly name: string,
  ) {}

  /** All zero. Throws `unavailable` `clouds-missing`. */
  static async create(where: keyof typeof CLUSTERS, name: string, size: number): Promise<Image> {
    const cluster = CLUSTERS[where];
    if (!existsSync(cluster.conf))
      throw unavailable('clouds-missing', `${cluster.conf} is not there: no two Ceph clusters to measure on.`, {
        mend: 'Bring them up: test/clouds/up --mirror',
      });
    const image = new Image(cluster, `lifeboat-bench-${process.pid}-${name}`);
    await image.run('create', '--size', `${size}B`, image.spec());
    return image;
  }

  spec(snapshot?: string): string {
    return `${POOL}/${this.name}${snapshot === undefined ? '' : `@${snapshot}`}`;
  }

  at(snapshot?: string) {
    return { cluster: this.cluster, pool: POOL, image: this.name, ...(snapshot !== undefined && { snapshot }) };
  }

  open(snapshot?: string): Promise<BlockDevice> {
    return openRbd(this.at(snapshot), { writable: snapshot === undefined });
  }

  async snapshot(name: string): Promise<void> {
    await this.run('snap', 'create', '--no-progress', this.spec(name));
  }

  /** For a shell. */
  command(...args: readonly string[]): string {
    const { conf, user } = this.cluster;
    return ['rbd', '--conf', conf, '--id', user, '--no-progress', ...args].join(' ');
  }

  run(...args: readonly string[]): Promise<string> {
    return rbd(this.cluster, args, { timeoutMs: TIMEOUT_MS });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.run('snap', 'purge', '--no-progress', this.spec());
    await this.run('rm', '--no-progress', this.spec());
  }
}
