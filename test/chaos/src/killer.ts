import { SERVICES } from '@lifeboat/testing';
import type { ServiceName, Stack } from '@lifeboat/testing';
import { setTimeout as pause } from 'node:timers/promises';

interface Server {
  kill(): Promise<void>;
  start(): Promise<void>;
}

type Victim = ServiceName | 'postgres' | 'nats';

/** Kills -9 one victim after the other, each as often as any other, at moments that a seed picks. */
export class Killer {
  readonly kills = new Map<Victim, number>();
  private stopped = false;
  private readonly running: Promise<void>;

  constructor(
    private readonly stack: Stack,
    private readonly servers: { readonly postgres: Server; readonly nats: Server & { wipe(): Promise<void> } },
    private seed: number,
    public betweenMs: readonly [number, number],
  ) {
    this.running = this.run();
  }

  get total(): number {
    return [...this.kills.values()].reduce((a, b) => a + b, 0);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
  }

  private async run(): Promise<void> {
    const victims: Victim[] = [...SERVICES, 'postgres', 'nats'];
    while (!this.stopped) {
      const [least, most] = this.betweenMs;
      await pause(least + this.random() * (most - least));
      const victim = victims[Math.floor(this.random() * victims.length)] ?? 'saga';
      // Nobody twice before everybody once.
      if ((this.kills.get(victim) ?? 0) > Math.min(...victims.map((v) => this.kills.get(v) ?? 0))) continue;
      await this.strike(victim);
      this.kills.set(victim, (this.kills.get(victim) ?? 0) + 1);
    }
  }

  private async strike(victim: Victim): Promise<void> {
    if (victim !== 'postgres' && victim !== 'nats') return this.stack.process(victim).kill();
    const server = this.servers[victim];
    // Every other time NATS loses its whole store with it.
    if (victim === 'nats' && (this.kills.get('nats') ?? 0) % 2 === 1) await this.servers.nats.wipe();
    else await server.kill();
    await server.start();
  }

  /** Mulberry32: the same seed, the same moments. */
  private random(): number {
    this.seed = (this.seed + 0x6d2b79f5) | 0;
    let t = Math.imul(this.seed ^ (this.seed >>> 15), 1 | this.seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }
}
