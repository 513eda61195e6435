import { ReadFreeze } from '@lifeboat/contracts';
import type { RunVerb } from '@lifeboat/contracts';
import { invalidInput, LifeboatError, timedOut } from '@lifeboat/kernel';
import { done, failed, failureOf } from '@lifeboat/replication-driver-api';
import type { Outcome, Quiescer, QuiesceOf } from '@lifeboat/replication-driver-api';
import type { Drivers } from '@lifeboat/replication-drivers';
import type { Asker } from '@lifeboat/service-kit';
import type { Logger } from '@lifeboat/telemetry';
import { setTimeout as pause } from 'node:timers/promises';

const AGAIN_MS = 2_000;
const ASK_MS = 3_000;

/** Verbs of a point, not of a disk. They call no cloud: an application must be let go of also when Keystone is away. */
export const isOfPoint = ({ verb }: RunVerb): boolean => verb === 'quiesce' || verb === 'unquiesce';

/**
 * Has applications held still and let go of. Whoever asks for it may be cut off before the release is asked for, so what was held longer than it may be is let go
 * of from here, unless it is known that it was.
 */
export class Freezer {
  private readonly watched = new Map<string, AbortController>();

  constructor(
    private readonly asker: Asker,
    private readonly log: Logger,
    private readonly drivers: Drivers,
  ) {}

  async call(request: RunVerb, signal: AbortSignal): Promise<Outcome<unknown>> {
    try {
      const [quiescer, of] = [this.quiescerOf(request), ofPoint(request)];
      return await (request.verb === 'quiesce'
        ? this.quiesce(quiescer, of, signal)
        : this.release(quiescer, of, signal));
    } catch (thrown) {
      return outcomeOf(request, thrown, signal);
    }
  }

  private async quiesce(quiescer: Quiescer, of: QuiesceOf, signal: AbortSignal): Promise<Outcome<unknown>> {
    const from = new Date().toISOString();
    const late = AbortSignal.timeout(of.atMostSeconds * 1_000);
    const asked = quiescer.quiesce(of, { signal: AbortSignal.any([signal, late]) });
    // Whatever it answers: a hook that fails, or is cut off, may hold by halves.
    this.watch(quiescer, of, asked);
    try {
      return done({ from, ...(await asked) });
    } catch (thrown) {
      if (!late.aborted || signal.aborted) throw thrown;
      const what = `Hook "${of.hook}", quiesce was not done within the ${of.atMostSeconds} s for which it may hold.`;
      throw timedOut('hook-timed-out', what, { cause: thrown });
    }
  }

  private async release(quiescer: Quiescer, of: QuiesceOf, signal: AbortSignal): Promise<Outcome<unknown>> {
    const said = await quiescer.unquiesce(of, { signal });
    this.watched.get(of.pointId)?.abort();
    return done({ at: new Date().toISOString(), ...said });
  }

  private watch(quiescer: Quiescer, of: QuiesceOf, asked: Promise<unknown>): void {
    const { pointId, atMostSeconds } = of;
    this.watched.get(pointId)?.abort();
    const over = new AbortController();
    this.watched.set(pointId, over);
    over.signal.addEventListener('abort', () => this.watched.get(pointId) === over && this.watched.delete(pointId));
    pause(atMostSeconds * 1_000, undefined, { signal: over.signal, ref: false })
      .then(() => Promise.allSettled([asked]))
      .then(() => this.letGo(quiescer, of, over.signal))
      .then(
        () => over.abort(),
        (thrown: unknown) =>
          over.signal.aborted || this.log.error({ err: thrown, ...of }, 'an application is not let go of'),
      );
  }

  /** By ourselves, until it answers. */
  private async letGo(quiescer: Quiescer, of: QuiesceOf, signal: AbortSignal): Promise<void> {
    while (!(await this.isReleased(of))) {
      signal.throwIfAborted();
      this.log.warn(
        of,
        'an application was held still for as long as it may be, and nobody has had it let go of; that is done now',
      );
      try {
        await quiescer.unquiesce(of, { signal });
        return;
      } catch (thrown) {
        signal.throwIfAborted();
        this.log.error(
          { err: thrown, ...of },
          'an application that was held still could not be let go of; it is tried again',
        );
      }
      await pause(AGAIN_MS, undefined, { signal, ref: false });
    }
  }

  private async isReleased({ pointId }: QuiesceOf): Promise<boolean> {
    try {
      return (await this.asker.ask(ReadFreeze, { pointId }, { timeoutMs: ASK_MS })).released;
    } catch (thrown) {
      this.log.warn({ err: thrown, pointId }, 'nobody says whether an application was let go of');
      return false;
    }
  }

  private quiescerOf({ driver }: RunVerb): Quiescer {
    const found = this.drivers.definitions.find(({ definition }) => definition.name === driver);
    const quiescer = found?.definition.quiescer?.(found.settings);
    if (quiescer) return quiescer;
    throw invalidInput('verb-not-offered', `Driver "${driver}" holds no application still.`);
  }
}

function ofPoint({ point, options }: RunVerb): QuiesceOf {
  const { pointId, groupId, disk } = point;
  return { hook: disk.named ?? '', groupId, pointId, atMostSeconds: options?.atMostSeconds ?? 0 };
}

/** A hook that did not hold in its time is not asked to once more: an application may be held by halves meanwhile. Its release is asked for until it answers. */
function outcomeOf({ verb }: RunVerb, thrown: unknown, signal: AbortSignal): Outcome<never> {
  const outcome = failureOf(thrown, signal);
  const asksAgain = signal.aborted || (thrown instanceof LifeboatError && thrown.code === 'hook-not-yet');
  return verb === 'quiesce' && !asksAgain && outcome.status === 'failed' ? failed('permanent', outcome.error) : outcome;
}
