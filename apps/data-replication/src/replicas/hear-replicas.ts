import { SiteChanged } from '@lifeboat/contracts';
import type { Envelope } from '@lifeboat/contracts';
import { Bus, consume, subscriptions } from '@lifeboat/messaging';
import { LOGGER } from '@lifeboat/service-kit';
import type { Logger } from '@lifeboat/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import { ReplicaWatch } from './replica-watch.ts';

/** Hears what notifications of recovery sites tell of, so that a replica that was deleted there is missed at once. Each may come twice, or not at all. */
@Injectable()
export class HearReplicas {
  constructor(
    private readonly watch: ReplicaWatch,
    private readonly bus: Bus,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  run(signal: AbortSignal): Promise<void> {
    const onProblem = (what: string, thrown: unknown): void =>
      void (signal.aborted || this.log.warn({ err: thrown }, what));
    return consume(this.bus, subscriptions.siteChanges('data-replication'), (message) => this.hear(message), {
      concurrency: 1,
      signal,
      onProblem,
    });
  }

  /** What is no change (a sign of life), or does not fit, is metadata-capture's to judge. */
  private async hear(message: Envelope): Promise<void> {
    const parsed = SiteChanged.safeParse(message.data);
    if (!parsed.success) return;
    const { site, changes } = parsed.data;
    await this.watch.heard(site, [...new Set(changes.flatMap(({ refs }) => refs.map(({ id }) => id)))]);
  }
}
