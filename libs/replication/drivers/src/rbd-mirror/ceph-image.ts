import type { LifeboatError } from '@lifeboat/kernel';
import { rbd, rbdJson } from '@lifeboat/replication-blocks';
import type { ImageInfo, MirrorStatus, Snapshot } from './mirror-state.ts';
import { infoIn, snapshotsIn, statusIn } from './mirror-state.ts';
import type { CephPool } from './settings.ts';

/** One image by its name, in the pool of one site. Nothing is remembered: each question is asked of Ceph. */
export class CephImage {
  constructor(
    readonly at: CephPool,
    readonly name: string,
    private readonly signal: AbortSignal,
  ) {}

  get site(): string {
    return this.at.site;
  }

  spec(snapshot?: string): string {
    return `${this.at.pool}/${this.name}${snapshot === undefined ? '' : `@${snapshot}`}`;
  }

  /** The same image at another site, or another image at this one. */
  other(name: string, at: CephPool = this.at): CephImage {
    return new CephImage(at, name, this.signal);
  }

  /** Runs `rbd` against the image's cluster; `hours` for what copies bytes. */
  run(args: readonly string[], hours?: number): Promise<string> {
    return rbd(this.at.cluster, args, this.call(hours));
  }

  json(args: readonly string[], hours?: number): Promise<unknown> {
    return rbdJson(this.at.cluster, args, this.call(hours));
  }

  private call(hours?: number) {
    return { signal: this.signal, ...(hours !== undefined && { timeoutMs: hours * 3_600_000 }) };
  }

  async info(): Promise<ImageInfo | undefined> {
    const answer = await there(this.json(['info', this.spec()]));
    return answer === undefined ? undefined : infoIn(answer);
  }

  async snapshots(): Promise<readonly Snapshot[] | undefined> {
    const answer = await there(this.json(['snap', 'ls', '--all', this.spec()]));
    return answer === undefined ? undefined : snapshotsIn(answer);
  }

  /** Of a mirrored image. */
  async status(): Promise<MirrorStatus> {
    return statusIn(await this.json(['mirror', 'image', 'status', this.spec()]));
  }

  /** `key` → value; they travel with the image. */
  async metadata(): Promise<Readonly<Record<string, string>>> {
    const text = (await this.run(['image-meta', 'list', '--format', 'json', this.spec()])).trim();
    return text === '' ? {} : (JSON.parse(text) as Record<string, string>);
  }
}

/** `undefined` for an image or snapshot that is not there. A pool or a keyring that is not there is a mistake, and thrown. */
export const there = <T>(asking: Promise<T>): Promise<T | undefined> =>
  asking.catch((thrown: LifeboatError) => {
    if (thrown.code === 'rbd-image-not-found') return undefined;
    throw thrown;
  });

/** Whether it did what it was asked for; `false` when something stands in the way that may go. */
export const unlessBusy = (doing: Promise<unknown>): Promise<boolean> =>
  doing.then(
    () => true,
    (thrown: LifeboatError) => {
      if (thrown.kind === 'conflict') return false;
      throw thrown;
    },
  );
