import { randomInt } from 'node:crypto';
import type { SparseDisk } from '../bytes/sparse-disk.ts';
import type { Cloud } from '../cloud.ts';
import type { Server } from './compute-state.ts';
import { guestOn, lastTick, prepareDataDisk, writeTick } from './guest-disk.ts';

export interface GuestWish {
  /** Milliseconds between ticks; 0 stops. */
  readonly everyMs: number;
  /** Random 4 KiB blocks rewritten with each tick. */
  readonly noise: number;
}

interface Running {
  readonly server: Server;
  readonly wish: GuestWish;
  boot: number;
  data: number;
  halted: boolean;
  /** While the file systems are frozen: until they are thawed. */
  frozen: PromiseWithResolvers<void> | undefined;
}

const consoleLines = 2000;

/**
 * What runs inside the servers: once up, a guest writes a counter to its boot disk and its first data disk and says so on the
 * console; on a disk that holds a counter already it goes on where that ended. It runs from the bytes: a disk that did not come
 * across has no guest on it.
 */
export class Guests {
  private readonly cloud: Pick<Cloud, 'disks' | 'jobs' | 'network'>;
  private held: Set<Server> | undefined;
  private readonly running = new Map<string, Running>();
  private readonly wishes = new Map<string, GuestWish>();

  constructor(cloud: Pick<Cloud, 'disks' | 'jobs' | 'network'>, held = false) {
    this.cloud = cloud;
    this.held = held ? new Set() : undefined;
  }

  /** Whatever boots from now on waits for its release; what runs goes on. */
  hold(): void {
    this.held ??= new Set();
  }

  /** Boots the guests that were held, and holds none from now on. */
  async release(): Promise<void> {
    const waiting = [...(this.held ?? [])];
    this.held = undefined;
    for (const server of waiting) if (server.vmState === 'active') await this.boot(server);
  }

  private bootDisk(server: Server): SparseDisk | undefined {
    const root = server.volumes.find((one) => one.bootIndex === 0);
    return root === undefined ? this.cloud.disks.get('root', server.id) : this.cloud.disks.get('volume', root.volumeId);
  }

  private dataDisk(server: Server): SparseDisk | undefined {
    const data = server.volumes.find((one) => one.bootIndex !== 0);
    return data && this.cloud.disks.get('volume', data.volumeId);
  }

  /** Starts the guest that is on the server's boot disk, if there is one. */
  async boot(server: Server): Promise<void> {
    this.halt(server);
    if (this.held !== undefined) {
      this.held.add(server);
      return;
    }
    const disk = this.bootDisk(server);
    const everyMs = disk && (await guestOn(disk));
    const wish = this.wishes.get(server.id) ?? (everyMs === undefined ? undefined : { everyMs, noise: 2 });
    if (disk === undefined || wish === undefined) {
      this.say(server, 'Boot failed: not a bootable disk');
      return;
    }
    this.say(server, 'guest: kernel up after 0.50s', 'guest: boot disk mounted');
    const run: Running = { server, wish, boot: await lastTick(disk), data: 0, halted: false, frozen: undefined };
    const data = this.dataDisk(server);
    if (data !== undefined) {
      const state = await prepareDataDisk(data);
      if (state !== 'foreign') this.say(server, `guest: data disk ${state}`);
      run.data = await lastTick(data);
    }
    this.say(server, `guest: resuming: boot disk at ${run.boot}, data disk at ${run.data}`);
    this.running.set(server.id, run);
    this.schedule(run);
  }

  halt(server: Server): void {
    const run = this.running.get(server.id);
    if (run !== undefined) run.halted = true;
    this.thaw(server);
    this.running.delete(server.id);
  }

  /** As the guest's agent does: what was begun is written, nothing more until `thaw`. `false` without a guest to ask. */
  freeze(server: Server): boolean {
    const run = this.running.get(server.id);
    if (run === undefined) return false;
    run.frozen ??= Promise.withResolvers();
    return true;
  }

  thaw(server: Server): void {
    const run = this.running.get(server.id);
    run?.frozen?.resolve();
    if (run !== undefined) run.frozen = undefined;
  }

  /** Changes how the guest writes, now and after its next boots. */
  async ask(server: Server, wish: GuestWish): Promise<void> {
    this.wishes.set(server.id, wish);
    if (server.vmState === 'active') await this.boot(server);
  }

  /** How far the guest has counted. */
  progress(serverId: string): { readonly boot: number; readonly data: number } | undefined {
    const run = this.running.get(serverId);
    return run && { boot: run.boot, data: run.data };
  }

  private schedule(run: Running): void {
    if (run.wish.everyMs > 0 && !run.halted) this.cloud.jobs.in(run.wish.everyMs, () => this.tick(run));
  }

  private address(server: Server): string {
    return this.cloud.network.ports.get(server.nics[0]?.portId)?.fixedIps[0]?.ip_address ?? '';
  }

  private async tick(run: Running): Promise<void> {
    const { server, wish } = run;
    await run.frozen?.promise;
    const boot = this.bootDisk(server);
    if (run.halted || boot === undefined) return;
    const who = `${server.hostname} ${this.address(server)}`;
    const number = run.boot + 1;
    await writeTick(boot, { number, text: `tick ${number} ${who}`, noise: 0, random: randomInt });
    run.boot = number;
    const data = this.dataDisk(server);
    if (data !== undefined && !run.halted && (await prepareDataDisk(data)) !== 'foreign') {
      const count = Math.max(run.data, await lastTick(data)) + 1;
      await run.frozen?.promise;
      await writeTick(data, { number: count, text: `tick ${count} ${who}`, noise: wish.noise, random: randomInt });
      run.data = count;
    }
    this.say(server, `tick boot=${run.boot} data=${data === undefined ? '-' : run.data} ${who}`);
    this.schedule(run);
  }

  private say(server: Server, ...lines: string[]): void {
    server.console.push(...lines);
    if (server.console.length > consoleLines) server.console.splice(0, server.console.length - consoleLines);
  }
}
