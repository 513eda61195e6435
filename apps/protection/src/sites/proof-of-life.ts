import { asLifeboatError } from '@lifeboat/kernel';
import { Database, Every, Sites } from '@lifeboat/service-kit';
import { Injectable } from '@nestjs/common';
import { SiteRow } from './site.row.ts';

const PROBE_MS = 2_000;

/**
 * Asks every site for a sign of life, so that a loss can be measured: what was written up to the last sign is what an unplanned failover
 * loses. A primary is left alone while a run fails its group over, and afterwards: no path of an unplanned failover touches it.
 */
@Injectable()
export class ProofOfLife {
  private round = new AbortController();

  constructor(
    private readonly database: Database,
    private readonly sites: Sites,
  ) {}

  @Every(PROBE_MS)
  async probe(): Promise<void> {
    // Begun before it is asked who may be called, so that whoever is left alone in between ends this round too.
    const { signal } = (this.round = new AbortController());
    const names: { name: string }[] = await this.database.query(
      `select name from site where not exists (
         select from protection_group g where g.primary_site = site.name and g.state in ('failing-over', 'failed-over'))`,
    );
    await Promise.all(names.map(({ name }) => this.ask(name, signal)));
  }

  /** Ends the calls under way, tries and all. A group's primary is left alone from the moment that it is held; the next round asks the others again. */
  leaveAlone(): void {
    this.round.abort();
  }

  /** Whether a site answers. What it said is kept: when it was last seen, or what keeps it from being used. */
  async ask(name: string, signal?: AbortSignal): Promise<boolean> {
    const problem = await this.sites
      .open(name)
      .then((cloud) => cloud.identity.get('/auth/catalog', { ...(signal && { signal }) }))
      .then(
        () => null,
        (thrown: unknown) => asLifeboatError(thrown).message,
      );
    if (signal?.aborted && problem !== null) return false; // Not asked to the end: it says nothing of the site.
    await this.database.transaction((tx) =>
      tx.update(SiteRow, { name }, problem === null ? { lastSeenAt: new Date(), problem: null } : { problem }),
    );
    return problem === null;
  }
}
