import { VerbAnswered } from '@lifeboat/contracts';
import type { Envelope } from '@lifeboat/contracts';
import { invalidInput } from '@lifeboat/kernel';
import { Bus, consume, subscriptions } from '@lifeboat/messaging';
import { LOGGER } from '@lifeboat/service-kit';
import { createLogger } from '@lifeboat/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import { Tasks } from './tasks.ts';

const CONCURRENCY = 32;

/** Takes in what the workers of all sites answer. Every answer may come twice. */
@Injectable()
export class HearAnswers {
  constructor(
    private readonly tasks: Tasks,
    private readonly bus: Bus,
    @Inject(LOGGER) private readonly log: ReturnType<typeof createLogger>,
  ) {}

  run(signal: AbortSignal): Promise<void> {
    const onProblem = (what: string, thrown: unknown): void =>
      void (signal.aborted || this.log.warn({ err: thrown }, what));
    return consume(this.bus, subscriptions.siteAnswers('data-replication'), (answer) => this.hear(answer), {
      concurrency: CONCURRENCY,
      signal,
      onProblem,
    });
  }

  private async hear(answer: Envelope): Promise<void> {
    const parsed = VerbAnswered.safeParse(answer.data);
    const [, id, call] = /^(.+):(\d+)$/.exec(answer.causationId ?? '') ?? [];
    if (!parsed.success || id === undefined)
      throw invalidInput(
        'message-malformed',
        `An answer of a worker does not fit its schema: ${parsed.error?.message ?? 'it names no verb'}`,
      );
    await this.tasks.settle(id, Number(call), parsed.data);
  }
}
