import { Bus, consume, subscriptions } from '@lifeboat/messaging';
import { loadClouds } from '@lifeboat/openstack-client';
import { Every, LOGGER, SETTINGS } from '@lifeboat/service-kit';
import { createLogger } from '@lifeboat/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import { setTimeout as pause } from 'node:timers/promises';
import type { WorkerSettings } from '../worker-settings.ts';
import { VerbRunner } from './verb-runner.ts';

const NEW_SITES_MS = 10_000;
/** A port that is still taken, a certificate that is not there yet. */
const SERVE_AGAIN_MS = 10_000;

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
      const serve = async (): Promise<void> => definition.serve?.(settings, { site, signal, problem });
      if (definition.serve) this.running.push(keepServing(serve, problem, signal));
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

/** Returns when it has nothing to serve, or with the signal. */
async function keepServing(
  serve: () => Promise<void>,
  problem: (what: string, thrown: unknown) => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted)
    try {
      return await serve();
    } catch (thrown) {
      problem('does not serve; begins again soon', thrown);
      await pause(SERVE_AGAIN_MS, undefined, { signal }).catch(() => undefined);
    }
}
