import { Bus, consume, subscriptions } from '@lifeboat/messaging';
import { loadClouds } from '@lifeboat/openstack-client';
import { Every, LOGGER, SETTINGS } from '@lifeboat/service-kit';
import { createLogger } from '@lifeboat/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import type { WorkerSettings } from '../worker-settings.ts';
import { VerbRunner } from './verb-runner.ts';

const NEW_SITES_MS = 10_000;

/** Reads the work of the sites that this worker serves: those named, else all of clouds.yaml, those added later too. */
@Injectable()
export class SiteWorkers {
  private readonly served = new Set<string>();
  private readonly running: Promise<void>[] = [];
  private readonly stopping = new AbortController();

  constructor(
    private readonly runner: VerbRunner,
    private readonly bus: Bus,
    @Inject(LOGGER) private readonly log: ReturnType<typeof createLogger>,
    @Inject(SETTINGS) private readonly settings: WorkerSettings,
  ) {}

  @Every(NEW_SITES_MS)
  async serveNewSites(): Promise<void> {
    const named = this.settings.LIFEBOAT_WORKER_SITES?.split(',')
      .map((site) => site.trim())
      .filter(Boolean);
    for (const site of named ?? loadClouds({ file: this.settings.LIFEBOAT_CLOUDS_FILE }).keys()) this.serve(site);
  }

  /** Ends when all that runs has ended. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.allSettled(this.running);
  }

  private serve(site: string): void {
    if (this.served.has(site)) return;
    this.served.add(site);
    this.log.info({ site }, 'works for this site');
    const { signal } = this.stopping;
    const onProblem = (what: string, thrown: unknown): void =>
      void (signal.aborted || this.log.warn({ err: thrown, site }, what));
    const run = (work: Parameters<VerbRunner['run']>[1]): Promise<void> => this.runner.run(site, work, signal);
    for (const { definition, settings } of this.runner.drivers.definitions) {
      const problem = (what: string, thrown: unknown): void => onProblem(`driver ${definition.name}: ${what}`, thrown);
      const serving = definition.serve?.(settings, { site, signal, problem });
      if (serving) this.running.push(serving.catch((thrown: unknown) => problem('serves no more', thrown)));
    }
    this.running.push(
      consume(this.bus, subscriptions.siteWork(site), run, {
        concurrency: this.settings.LIFEBOAT_WORKER_VERBS,
        signal,
        onProblem,
      }),
    );
  }
}
