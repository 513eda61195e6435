import type { Servers, ServiceName, Stack } from '@lifeboat/testing';
import { setTimeout as pause } from 'node:timers/promises';
import { randomOf } from './random.ts';

export interface Victim {
  /** Has it happen, and sees to it that the victim comes back. */
  strike(): Promise<void> | void;
  /** Whether it has come back since. */
  isBack(): Promise<boolean>;
}
/** What can be killed, by name. */
export type Victims = Readonly<Record<string, Victim>>;

const always = (): Promise<boolean> => Promise.resolve(true);

/** Services of a stack; their supervisor starts them again. */
export const servicesOf = (stack: Stack, names: readonly ServiceName[]): Victims =>
  Object.fromEntries(
    names.map((name) => [name, { strike: () => stack.process(name).kill(), isBack: () => stack.process(name).isUp() }]),
  );

/** A server that comes back with its data. */
export const restarted = (server: Pick<Servers['postgres'], 'kill' | 'start'>): Victim => ({
  async strike() {
    await server.kill();
    await server.start();
  },
  isBack: always,
});

/** Every other time NATS loses its whole store with it. */
export function losingItsStore(nats: Servers['nats']): Victim {
  let times = 0;
  return {
    async strike() {
      if (times++ % 2 === 1) await nats.wipe();
      else await nats.kill();
      await nats.start();
    },
    isBack: always,
  };
}

/** Of the times that a victim is met while it starts, it is killed in so many: always would mean, on a slow machine, that it never is back. */
const STRUCK_WHILE_STARTING = 0.25;
/** So many are away at once: if all were starting all the time, on a slow machine, nothing would go on that a kill could meet. */
const AWAY_AT_ONCE = 2;

/** Kills -9 one victim after the other, each as often as any other, at moments that a seed picks. */
export class Killer {
  readonly kills = new Map<string, number>();
  /** So many in all, until it is raised. */
  most = Number.POSITIVE_INFINITY;
  private stopped = false;
  private readonly random: () => number;
  private readonly running: Promise<void>;

  constructor(
    private readonly victims: Victims,
    seed: number,
    public betweenMs: readonly [number, number],
  ) {
    this.random = randomOf(seed);
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
    const victims = Object.entries(this.victims);
    while (!this.stopped) {
      const [least, most] = this.betweenMs;
      await pause(least + this.random() * (most - least));
      if (this.total >= this.most) continue;
      const [name, victim] = victims[Math.floor(this.random() * victims.length)] as (typeof victims)[number];
      // Nobody twice before everybody once.
      if ((this.kills.get(name) ?? 0) > Math.min(...victims.map(([other]) => this.kills.get(other) ?? 0))) continue;
      if (this.random() >= STRUCK_WHILE_STARTING && !(await victim.isBack())) continue;
      if ((await this.away()) >= AWAY_AT_ONCE) continue;
      await victim.strike();
      this.kills.set(name, (this.kills.get(name) ?? 0) + 1);
    }
  }

  private async away(): Promise<number> {
    const back = await Promise.all(Object.values(this.victims).map((victim) => victim.isBack()));
    return back.filter((is) => !is).length;
  }
}
