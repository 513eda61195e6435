import { RunVerb } from '@lifeboat/contracts';
import type { Envelope, VerbAnswered } from '@lifeboat/contracts';
import { invalidInput, Slots } from '@lifeboat/kernel';
import { Bus } from '@lifeboat/messaging';
import { failureOf } from '@lifeboat/replication-driver-api';
import type { Outcome } from '@lifeboat/replication-driver-api';
import { DRIVERS } from '@lifeboat/replication-drivers';
import type { Drivers } from '@lifeboat/replication-drivers';
import { Asker, LOGGER, SETTINGS, Sites } from '@lifeboat/service-kit';
import { createLogger, inSpanOf, observe, traceContext } from '@lifeboat/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import { callDriver } from './call-driver.ts';
import { youngGarbageCollector } from './collect-garbage.ts';
import { Freezer, isOfPoint } from './freezer.ts';
import { holdVerb } from './hold.ts';
import type { WorkerSettings } from '../worker-settings.ts';
import { verbIo } from './verb-io.ts';
import type { Held } from './verb-io.ts';

/** Runs one driver verb per message and answers what came of it. Keeps nothing: whatever dies here is asked for again. */
@Injectable()
export class VerbRunner {
  private readonly copies: Slots;
  private readonly freezer: Freezer;
  private readonly collectGarbage = youngGarbageCollector();

  constructor(
    private readonly sites: Sites,
    private readonly asker: Asker,
    private readonly bus: Bus,
    @Inject(LOGGER) private readonly log: ReturnType<typeof createLogger>,
    @Inject(SETTINGS) settings: WorkerSettings,
    @Inject(DRIVERS) readonly drivers: Drivers,
  ) {
    this.freezer = new Freezer(asker, log, drivers);
    this.copies = new Slots(settings.LIFEBOAT_WORKER_COPIES);
  }

  /** Returns when the answer is stored at NATS, or when the verb is not ours to run. */
  async run(site: string, work: Envelope, stopping: AbortSignal): Promise<void> {
    const parsed = RunVerb.safeParse(work.data);
    if (!parsed.success)
      throw invalidInput('message-malformed', `A verb for ${site} does not fit its schema: ${parsed.error.message}`);
    const request = parsed.data;
    await inSpanOf(work, `data-worker ${request.driver} ${request.verb}`, () =>
      this.hold(site, work, request, stopping),
    );
  }

  private async hold(site: string, work: Envelope, request: RunVerb, stopping: AbortSignal): Promise<void> {
    let bytes = 0;
    using held = await holdVerb(this.asker, request, () => bytes);
    if (!held) return;
    const signal = AbortSignal.any([stopping, held.signal]);
    const began = performance.now();
    const outcome = await this.call(request, {
      signal,
      bytesPerSecond: () => held.bytesPerSecond(),
      moved: (more) => {
        bytes += more;
        this.collectGarbage(more);
      },
    });
    measure(request, outcome, bytes, (performance.now() - began) / 1_000);
    // Given back unanswered: another worker is at it, or will be.
    if (stopping.aborted) throw new Error('the worker stops');
    if (held.signal.aborted) return;
    if (outcome.status === 'failed')
      this.log.warn(
        {
          err: outcome.error,
          driver: request.driver,
          verb: request.verb,
          disk: request.point.disk.id,
          kind: outcome.kind,
        },
        'verb failed',
      );
    await this.answer(site, work, answerOf(outcome, bytes));
  }

  private async call(request: RunVerb, held: Held): Promise<Outcome<unknown>> {
    if (isOfPoint(request)) return this.freezer.call(request, held.signal);
    try {
      const io = await verbIo(request, this.sites, this.copies, held);
      return await callDriver(this.drivers.get(request.driver), request, io);
    } catch (thrown) {
      return failureOf(thrown, held.signal);
    }
  }

  private async answer(site: string, work: Envelope, data: VerbAnswered): Promise<void> {
    const subject = `lifeboat.site.${site}.answer.verb-answered.v1`;
    await this.bus.publish(subject, {
      id: `${work.id}:answer`,
      type: subject,
      source: 'lifeboat/data-worker',
      time: new Date().toISOString(),
      attempt: work.attempt,
      causationId: work.id,
      ...(work.correlationId !== undefined && { correlationId: work.correlationId }),
      ...traceContext(),
      data,
    });
  }
}

/** Throughput is the bytes of calls that moved some, over their seconds. */
function measure(request: RunVerb, { status }: Outcome<unknown>, bytes: number, seconds: number): void {
  const { driver, verb, source, target, point } = request;
  observe('lifeboat_verb_seconds', seconds, { driver, verb, status });
  if (bytes === 0) return;
  const labels = { driver, verb, group: point.groupId, source: source ?? '', target };
  observe('lifeboat_moved_bytes', bytes, labels);
  observe('lifeboat_moving_seconds', seconds, labels);
}

/** As it may travel: plain JSON, an error without its cause. */
function answerOf(outcome: Outcome<unknown>, bytes: number): VerbAnswered {
  return JSON.parse(JSON.stringify({ ...outcome, bytes })) as VerbAnswered;
}
