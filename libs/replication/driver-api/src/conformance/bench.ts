import type { Cloud } from '@lifeboat/openstack-client';
import type { Disk, DriverIo, Materialised, SiteFacts } from '../driver.ts';

export type Side = 'source' | 'target';

/** Two clouds to try a driver on, and the means to look behind its back. A spec writes one of these per kind of cloud. */
export interface Bench {
  readonly clouds: Readonly<Record<Side, Cloud>>;
  readonly facts: Readonly<Record<Side, SiteFacts>>;
  /** A fresh disk at the source that the driver should be able to carry, with bytes in it, in use where the mechanism has to cope with that. */
  disk(): Promise<Disk>;
  /** Several of them that belong together at the source; `oneInstant` when it can snapshot them in one. */
  disksTogether?(): Promise<{ readonly disks: readonly Disk[]; readonly oneInstant: boolean }>;
  /** Makes it larger by a GiB, where it can grow; the disk as it is captured then. */
  grow?(disk: Disk): Promise<Disk>;
  /** Changes some of its bytes, as its server would. */
  write(disk: Disk): Promise<void>;
  /** The most that one `write` changes, bytes. Absent when a user's own program writes: then only a point after which nothing was written is held to its bytes. */
  readonly writtenBytes?: number;
  /** Digest of all bytes of a disk at the source, now. */
  digest(disk: Disk): Promise<string>;
  /** Digest of a blank disk of its size; only for drivers that carry no bytes. */
  digestOfBlank?(disk: Disk): Promise<string>;
  /** Digest of all bytes of a copy at the target, now. */
  digestOfCopy(copy: Materialised): Promise<string>;
  /** Changes bytes of a copy, where copies can be written. */
  writeCopy?(copy: Materialised): Promise<void>;
  /** Everything that bears a mark of Lifeboat: `<kind> <id>` → its purpose. */
  marked(side: Side): Promise<Readonly<Record<string, string>>>;
  /** What the project uses now, keys as in `Needs`. */
  usage(side: Side): Promise<Readonly<Record<string, number>>>;
  /** For a driver that reaches the source past `clouds`: takes the source away from it, and gives it back. */
  loseSource?(lost: boolean): Promise<void>;
  /** For a driver with a process of its own: kills it, and starts it again; resolves when it answers. */
  kill?(): Promise<void>;
  /** As the engine gives it to drivers. */
  copyImage(
    io: Pick<DriverIo, 'source' | 'target' | 'signal' | 'moved'>,
    from: { readonly imageId: string },
    to: { readonly imageId: string },
  ): Promise<{ readonly bytes: number; readonly hash: string }>;
  /** No pause between two calls is longer, whatever the driver asks for, milliseconds. */
  readonly longestPauseMs: number;
  /** A verb that is not done by then has failed, milliseconds. */
  readonly patienceMs: number;
}
