import type { Json, LifeboatError } from '@lifeboat/kernel';
import { unavailable } from '@lifeboat/kernel';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type {
  Copy,
  Disk,
  DriverIo,
  Lag,
  Materialised,
  Outcome,
  PointOfDisk,
  Promoted,
  ReplicationDriver,
  Reversed,
  SnapshotTaken,
  Transferred,
  Verified,
} from '../driver.ts';
import { failureOf } from '../failure.ts';
import { marksOf } from '../mark.ts';
import { offLimits } from '../off-limits.ts';
import type { Bench, Side } from './bench.ts';
import { tapped } from './tap.ts';

/**
 * How the driver is treated: as the engine does; with the memo forgotten at every return; called again with the memo before; or killed
 * right after everything it changes, before it can return.
 */
export type Treatment = 'engine' | 'no-memo' | 'old-memo' | 'killed';

export interface Carried {
  readonly point: PointOfDisk;
  readonly taken: SnapshotTaken;
  readonly transferred: Transferred;
}

type Verb<T> = (memo: Json | undefined, io: DriverIo) => Promise<Outcome<T>>;

interface Call {
  readonly point: PointOfDisk;
  readonly runId?: string;
  readonly sourceLost: boolean;
}

/** When in a call the driver's process is killed, or its work taken away, milliseconds after it was asked: one for each of the first calls of a verb. */
const STRIKES_MS = [1, 8];

const killed = (): LifeboatError => unavailable('killed', 'The worker died here.');

/** Plays the engine for one driver on one bench. */
export class Drive {
  /** Calls to the primary by verbs that must not make any. */
  forbiddenCalls = 0;
  /** Changes that were followed by a kill, and calls that were taken away. */
  strikes = 0;
  /** Takes away the first calls of each verb. */
  impatient = false;
  /** Told after every return. */
  onReturn: () => Promise<void> = async () => undefined;
  /** Aborts the call that is running. */
  takeAway: () => void = () => undefined;
  /** Calls under way that take the source for lost. */
  private losses = 0;
  /** Points that were begun and not discarded, by disk. */
  private readonly kept = new Map<string, Set<string>>();
  /** Replaces the bench's copy of bytes. */
  copyImage: Bench['copyImage'];

  constructor(
    readonly driver: ReplicationDriver,
    readonly bench: Bench,
    readonly treatment: Treatment = 'engine',
  ) {
    this.copyImage = (io, from, to) => bench.copyImage(io, from, to);
  }

  /** Why the treatment proved nothing, when it did. */
  get unproven(): string | undefined {
    if (this.strikes > 0 || !(this.treatment === 'killed' || this.impatient)) return undefined;
    return 'the driver does not go by the clouds that it is given, and has no process of its own for the test to strike';
  }

  snapshot(
    disk: Disk,
    base?: Carried,
    {
      pointId = `pnt-${randomUUID()}`,
      together = [disk],
      ...rest
    }: Partial<Pick<PointOfDisk, 'pointId' | 'together' | 'thorough' | 'frozen'>> = {},
  ): Promise<{ point: PointOfDisk; taken: SnapshotTaken }> {
    const point: PointOfDisk = {
      pointId,
      groupId: 'grp-conformance',
      disk,
      together,
      ...rest,
      ...(base && { base: base.transferred.replica }),
    };
    this.kept.set(disk.id, (this.kept.get(disk.id) ?? new Set()).add(point.pointId));
    return this.run({ point, sourceLost: false }, (memo, io) => this.driver.snapshot(point, memo, io)).then(
      (taken) => ({ point, taken }),
    );
  }

  async transfer(point: PointOfDisk, taken: SnapshotTaken): Promise<Carried> {
    const transferred = await this.run({ point, sourceLost: false }, (memo, io) =>
      this.driver.transfer(point, taken, memo, io),
    );
    return { point, taken, transferred };
  }

  async carry(disk: Disk, base?: Carried, thorough = false): Promise<Carried> {
    const { point, taken } = await this.snapshot(disk, base, thorough ? { thorough } : {});
    return this.transfer(point, taken);
  }

  materialise({ point, transferred }: Carried, copy: Copy): Promise<Materialised> {
    return this.run({ point, runId: copy.runId, sourceLost: true }, (memo, io) =>
      this.driver.materialise(point, transferred.replica, copy, memo, io),
    );
  }

  release(point: PointOfDisk, copy: Copy): Promise<null> {
    return this.run({ point, runId: copy.runId, sourceLost: true }, (memo, io) =>
      this.driver.release(point, copy, memo, io),
    );
  }

  lag(point: PointOfDisk, replica: Json | undefined): Promise<Lag> {
    assert.ok(this.driver.lag, `${this.driver.name} offers no lag`);
    return this.driver.lag(point, replica, this.io({ point, sourceLost: false }, new AbortController().signal));
  }

  /** Not `planned`: the primary is lost. */
  promote({ point, transferred }: Carried, copy: Copy, planned = false): Promise<Promoted> {
    const promote = this.driver.promote?.bind(this.driver);
    assert.ok(promote, `${this.driver.name} offers no promote`);
    return this.run({ point, runId: copy.runId, sourceLost: !planned }, (memo, io) =>
      promote(point, transferred.replica, copy, { planned }, memo, io),
    );
  }

  reverse({ point, transferred }: Carried, serving?: Materialised): Promise<Reversed> {
    const reverse = this.driver.reverse?.bind(this.driver);
    assert.ok(reverse, `${this.driver.name} offers no reverse`);
    return this.run({ point, sourceLost: false }, (memo, io) => reverse(point, transferred.replica, serving, memo, io));
  }

  discard(point: PointOfDisk, replica: Json | undefined, sourceLost = false): Promise<null> {
    const kept = this.kept.get(point.disk.id);
    kept?.delete(point.pointId);
    const options = { sourceLost, last: (kept?.size ?? 0) === 0 };
    return this.run({ point, sourceLost }, (memo, io) => this.driver.discard(point, replica, options, memo, io));
  }

  verify({ point, transferred }: Carried, what: { side: Side } | { copy: Materialised }): Promise<Verified> {
    return this.run({ point, sourceLost: false }, async (memo, io) => {
      const verifying = this.driver.verify?.(point, transferred, what, memo, io);
      return verifying ?? assert.fail(`${this.driver.name} does not verify`);
    });
  }

  /** One call, as it comes. */
  once<T>(
    call: Call,
    verb: Verb<T>,
    memo: Json | undefined,
    signal: AbortSignal = new AbortController().signal,
  ): Promise<Outcome<T>> {
    return verb(memo, this.io(call, signal)).catch((thrown: unknown) => failureOf(thrown, signal));
  }

  private async run<T>(call: Call, verb: Verb<T>): Promise<T> {
    const deadline = Date.now() + this.bench.patienceMs;
    let memo: Json | undefined;
    let before: Json | undefined;
    for (let turn = 0; Date.now() < deadline; turn++) {
      const asked =
        this.treatment === 'no-memo' ? undefined : this.treatment === 'old-memo' && turn % 2 === 1 ? before : memo;
      const working = new AbortController();
      this.takeAway = () => working.abort();
      const outcome = await this.struck(
        turn,
        this.lost(call, () => this.once(call, verb, asked, working.signal)),
      );
      await this.onReturn();
      if (outcome.status === 'done') return JSON.parse(JSON.stringify(outcome.result)) as T;
      if (outcome.status === 'failed' && outcome.kind !== 'transient') throw outcome.error;
      if (outcome.status === 'in-progress') [before, memo] = [memo, JSON.parse(JSON.stringify(outcome.memo)) as Json];
      const wait =
        outcome.status === 'in-progress'
          ? outcome.againMs
          : outcome.error.code === 'killed'
            ? 0
            : this.bench.longestPauseMs;
      await pause(Math.min(wait, this.bench.longestPauseMs));
    }
    return assert.fail(`${this.driver.name} was not done after ${this.bench.patienceMs} ms`);
  }

  private async lost<T>({ sourceLost }: Call, run: () => Promise<T>): Promise<T> {
    if (!sourceLost || !this.bench.loseSource) return run();
    if (this.losses++ === 0) await this.bench.loseSource(true);
    try {
      return await run();
    } finally {
      if (--this.losses === 0) await this.bench.loseSource(false);
    }
  }

  /** What a driver does in a process of its own is not seen: it is struck at one moment after the other. */
  private async struck<T>(turn: number, running: Promise<T>): Promise<T> {
    const after = STRIKES_MS[turn];
    if (!this.bench.kill || after === undefined || !(this.treatment === 'killed' || this.impatient)) return running;
    const returned = await Promise.race([running.then(() => true), pause(after, false)]);
    if (!this.impatient) await this.bench.kill();
    else if (!returned) this.takeAway();
    if (!(this.impatient && returned)) this.strikes++;
    return running;
  }

  private io(call: Call, signal: AbortSignal): DriverIo {
    const { bench } = this;
    const effect =
      this.treatment === 'killed'
        ? {
            effect: () => {
              this.strikes++;
              throw killed();
            },
          }
        : {};
    const forbidden = {
      call: () => {
        this.forbiddenCalls++;
      },
    };
    const away = bench.clouds.source.site;
    const io: DriverIo = {
      source: call.sourceLost ? tapped(offLimits(away), forbidden) : tapped(bench.clouds.source, effect),
      target: tapped(bench.clouds.target, effect),
      now: () => new Date().toISOString(),
      ...marksOf(call.point, call.runId),
      signal,
      moved: () => undefined,
      pace: async () => undefined,
      copyImage: (from, to) => this.copyImage(io, from, to),
    };
    return io;
  }
}

/** What bears a mark of ours at a side, without what the driver keeps there on purpose. */
export async function leftAt(drive: Drive, side: Side): Promise<readonly string[]> {
  const kept = side === 'source' ? drive.driver.can.leavesAtSource : [];
  return Object.entries(await drive.bench.marked(side))
    .filter(([, purpose]) => !kept.includes(purpose))
    .map(([what, purpose]) => `${what} (${purpose})`);
}
