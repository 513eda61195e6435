import { ListGroups, ListPolicies } from '@lifeboat/contracts';
import { asLifeboatError } from '@lifeboat/kernel';
import type { Cloud } from '@lifeboat/openstack-client';
import { Asker, Database, Every, LOGGER, SETTINGS, Sites } from '@lifeboat/service-kit';
import type { Logger } from '@lifeboat/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import { dropOthers, groupLeft, keepGroup, sitesToWatch } from './groups.ts';
import { Pace } from './pace.ts';
import { reader } from './reader.ts';
import { beat, broken } from './watch.ts';

const RECONCILE_MS = 5_000;
const REFRESH_MS = 1_000;
const BEAT_MS = 3_000;

interface Watched {
  readonly stopping: AbortController;
  readonly pace: Pace;
}

/**
 * The sites that are looked at: the primaries of all groups, except where a run fails one over, since nothing may touch a primary from then on. Protection
 * is the record; its events only make it quicker. Before it has answered once nothing is looked at: what is stored may be from before a failover.
 */
@Injectable()
export class WatchedSites {
  private readonly watched = new Map<string, Watched>();
  private told = false;

  constructor(
    private readonly database: Database,
    private readonly asker: Asker,
    private readonly clouds: Sites,
    @Inject(SETTINGS) private readonly settings: { readonly LIFEBOAT_CAPTURE_CALLS_PER_SECOND: number },
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  get names(): readonly string[] {
    return [...this.watched.keys()];
  }

  /** Aborted when the site is left alone. */
  signal(site: string): AbortSignal | undefined {
    return this.watched.get(site)?.stopping.signal;
  }

  /** The site for reading; `paced` for what is read one by one. Ends with the watch. */
  async open(site: string, paced: boolean): Promise<Cloud | undefined> {
    const watched = this.watched.get(site);
    if (!watched) return undefined;
    return reader(await this.clouds.open(site), watched.stopping.signal, paced ? watched.pace.wait : undefined);
  }

  @Every(RECONCILE_MS)
  async reconcile(): Promise<void> {
    const asked = new Date();
    const [{ groups }, { policies }] = await Promise.all([
      this.asker.ask(ListGroups, {}),
      this.asker.ask(ListPolicies, {}),
    ]);
    const rulesOf = new Map(
      policies.map(({ name, metadataRpoSeconds: rpoLimit = null, joining = 'automatic' }) => [
        name,
        { rpoLimit, joining },
      ]),
    );
    await this.database.transaction(async (tx) => {
      for (const { groupId, primary, policy, members, state } of groups)
        await keepGroup(
          tx,
          {
            groupId,
            site: primary,
            policy,
            members,
            state,
            ...(rulesOf.get(policy) ?? { rpoLimit: null, joining: 'automatic' }),
          },
          asked,
        );
      await dropOthers(
        tx,
        groups.map((group) => group.groupId),
        asked,
      );
    });
    this.told = true;
    await this.refresh();
  }

  @Every(REFRESH_MS)
  async refresh(): Promise<void> {
    if (!this.told) return;
    const wanted = new Set(await this.database.transaction((tx) => sitesToWatch(tx)));
    for (const [site, { stopping }] of this.watched)
      if (!wanted.has(site)) {
        stopping.abort();
        this.watched.delete(site);
        this.log.info({ site }, 'watched no more');
      }
    for (const site of wanted)
      if (!this.watched.has(site)) {
        const pace = new Pace(this.settings.LIFEBOAT_CAPTURE_CALLS_PER_SECOND);
        this.watched.set(site, { stopping: new AbortController(), pace });
        this.log.info({ site }, 'watched');
      }
  }

  /** Ends calls under way before it answers; another instance of this service learns it within a second. */
  async stop(groupId: string): Promise<void> {
    await this.database.transaction((tx) => groupLeft(tx, groupId, new Date()));
    await this.refresh();
  }

  /** A gap must show although nothing else calls the site for minutes. */
  @Every(BEAT_MS)
  async beat(): Promise<void> {
    await Promise.all(this.names.map((site) => this.beatOne(site)));
  }

  private async beatOne(site: string): Promise<void> {
    const signal = this.signal(site);
    const problem = await this.open(site, false)
      .then((cloud) => cloud?.identity.get('/auth/catalog'))
      .then(
        () => undefined,
        (thrown: unknown) => asLifeboatError(thrown).message,
      );
    if (signal?.aborted) return;
    await this.database.transaction((tx) =>
      problem === undefined ? beat(tx, site, new Date()) : broken(tx, site, problem),
    );
  }
}
