import { asLifeboatError } from '@lifeboat/kernel';
import { entities } from '@lifeboat/openstack-entities';
import { Database, Every, LOGGER, SETTINGS } from '@lifeboat/service-kit';
import { observe } from '@lifeboat/telemetry';
import type { Logger } from '@lifeboat/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import { Sealer } from '../capture/sealer.ts';
import { lockWatch, readWatch, broken } from '../watch/watch.ts';
import { WatchedSites } from '../watch/watched-sites.ts';
import { Observer } from './observer.ts';

const TICK_MS = 1_000;
/** So long a site that could not be swept is left before it is tried again. */
const AGAIN_MS = 3_000;

/**
 * Reads all of every watched site by list calls, again and again: it finds what no notification told of, and closes gaps. Two instances may sweep at the
 * same time; that costs calls and changes nothing.
 */
@Injectable()
export class Sweeper {
  private readonly underWay = new Set<string>();
  private readonly notBefore = new Map<string, number>();

  constructor(
    private readonly sites: WatchedSites,
    private readonly observer: Observer,
    private readonly sealer: Sealer,
    private readonly database: Database,
    @Inject(SETTINGS) private readonly settings: { readonly LIFEBOAT_CAPTURE_SWEEP_SECONDS: number },
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  @Every(TICK_MS)
  async tick(): Promise<void> {
    for (const site of this.sites.names) {
      if (this.underWay.has(site) || Date.now() < (this.notBefore.get(site) ?? 0) || !(await this.due(site))) continue;
      this.underWay.add(site);
      // One slow site must not keep the others waiting.
      void this.sweep(site).finally(() => this.underWay.delete(site));
    }
  }

  private async due(site: string): Promise<boolean> {
    const watch = await this.database.transaction((tx) => readWatch(tx, site));
    if (!watch?.sweptAt || watch.gapFrom) return true;
    return Date.now() - watch.sweptAt.getTime() >= this.settings.LIFEBOAT_CAPTURE_SWEEP_SECONDS * 1_000;
  }

  private async sweep(site: string): Promise<void> {
    const signal = this.sites.signal(site);
    const began = new Date();
    try {
      const cloud = await this.sites.open(site, false);
      if (!cloud) return;
      const { projectId: project } = await cloud.whoAmI();
      // From now on what notifications tell of this site is kept.
      await this.database.transaction((tx) => lockWatch(tx, site, project));
      const options = { cloud, registry: entities, seal: this.sealer.seal };
      const changes = await this.observer.crawl({ site, project }, options, began);
      observe('lifeboat_metadata_sweep_seconds', (Date.now() - began.getTime()) / 1_000, { site });
      this.log.debug({ site, changes }, 'swept');
    } catch (thrown) {
      if (signal?.aborted) return;
      this.notBefore.set(site, Date.now() + AGAIN_MS);
      this.log.warn({ err: thrown, site }, 'not swept');
      await this.database
        .transaction((tx) => broken(tx, site, asLifeboatError(thrown).message))
        .catch((again: unknown) => this.log.warn({ err: again, site }, 'a gap could not be stored'));
    }
  }
}
