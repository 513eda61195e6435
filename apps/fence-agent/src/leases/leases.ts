import { LOGGER, SETTINGS } from '@lifeboat/service-kit';
import type { Logger } from '@lifeboat/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { setTimeout as pause } from 'node:timers/promises';
import type { AgentSettings } from '../agent-settings.ts';
import { now } from './clock.ts';
import { found } from './lease.ts';
import type { Lease } from './lease.ts';
import { readLeases, writeLeases } from './leases-file.ts';

/** Longer is not waited for a disk that hangs. */
const DISK_MS = 1_000;

/** The leases of this site's groups: in memory, and in a file that outlives the process. */
@Injectable()
export class Leases implements OnModuleInit {
  private held: ReadonlyMap<string, Lease> = new Map();
  private writing: Promise<void> = Promise.resolve();

  constructor(
    @Inject(SETTINGS) private readonly settings: AgentSettings,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  async onModuleInit(): Promise<void> {
    const written = await readLeases(this.settings.LIFEBOAT_LEASES_FILE);
    const at = now();
    const leases = written?.leases.map((lease) => found(lease, written.boot, at)) ?? [];
    this.held = mapOf(leases);
    if (leases.length > 0) this.log.info({ groups: leases.map(({ groupId }) => groupId) }, 'leases were held before');
  }

  all(): readonly Lease[] {
    return [...this.held.values()];
  }

  get(groupId: string): Lease | undefined {
    return this.held.get(groupId);
  }

  /** What the hub has said: it counts from when it is on the disk. Throws where that cannot be written: then what was held before counts. */
  take(change: (leases: readonly Lease[]) => readonly Lease[]): Promise<void> {
    return this.inTurn(async () => {
      await this.write(change(this.all()));
      // To what was noted meanwhile, too.
      this.held = mapOf(change(this.all()));
    });
  }

  /** What is done about one: it counts at once, and is on the disk when this resolves, or the disk would not take it. That must not keep servers running. */
  async note(groupId: string, change: (lease: Lease) => Lease): Promise<void> {
    const lease = this.held.get(groupId);
    if (!lease) return;
    this.held = new Map([...this.held, [groupId, change(lease)]]);
    const written = this.inTurn(() => this.write(this.all())).catch((err: unknown) =>
      this.log.error({ err }, 'the file of leases was not written'),
    );
    await Promise.race([written, pause(DISK_MS, undefined, { ref: false })]);
  }

  private write(leases: readonly Lease[]): Promise<void> {
    return writeLeases(this.settings.LIFEBOAT_LEASES_FILE, { boot: now().boot, leases: [...leases] });
  }

  /** One change at a time: each is made to what the one before has left. */
  private inTurn(change: () => Promise<void>): Promise<void> {
    const done = this.writing.then(change);
    this.writing = done.catch(() => undefined);
    return done;
  }
}

const mapOf = (leases: readonly Lease[]): ReadonlyMap<string, Lease> =>
  new Map(leases.map((lease) => [lease.groupId, lease]));
