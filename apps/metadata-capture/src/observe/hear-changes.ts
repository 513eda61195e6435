import { SiteChanged, SiteHeard } from '@lifeboat/contracts';
import type { Envelope } from '@lifeboat/contracts';
import { invalidInput } from '@lifeboat/kernel';
import { Bus, consume, subscriptions } from '@lifeboat/messaging';
import { entities } from '@lifeboat/openstack-entities';
import { refKey } from '@lifeboat/openstack-entity-api';
import type { Ref } from '@lifeboat/openstack-entity-api';
import { Database, LOGGER } from '@lifeboat/service-kit';
import type { Logger } from '@lifeboat/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { readWatch } from '../watch/watch.ts';
import { Bell } from './bell.ts';
import { markDirty } from './dirty.ts';
import type { DirtyFlag } from './dirty.ts';
import { currentOfThese, referredBy, referringTo } from './observations.ts';
import type { Place } from './observations.ts';

/** One at a time: a sign of life says that everything before it has been heard. A message carries many notifications. */
const CONCURRENCY = 1;

/** Takes in what a site's notifications tell of, as dirty flags: what changed is read from the site, not from them. Each may come twice. */
@Injectable()
export class HearChanges {
  readonly bell = new Bell();

  constructor(
    private readonly database: Database,
    private readonly bus: Bus,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  run(signal: AbortSignal): Promise<void> {
    const onProblem = (what: string, thrown: unknown): void =>
      void (signal.aborted || this.log.warn({ err: thrown }, what));
    return consume(this.bus, subscriptions.siteChanges('metadata-capture'), (message) => this.hear(message), {
      concurrency: CONCURRENCY,
      signal,
      onProblem,
    });
  }

  private async hear(message: Envelope): Promise<void> {
    const heard = SiteHeard.safeParse(message.data);
    if (heard.success) return this.database.transaction((tx) => keepSign(tx, heard.data));
    const parsed = SiteChanged.safeParse(message.data);
    if (!parsed.success)
      throw invalidInput('message-malformed', `What a site's notifications tell does not fit: ${parsed.error.message}`);
    await this.database.transaction((tx) => flag(tx, parsed.data));
    this.bell.ring();
  }
}

const keepSign = async (tx: EntityManager, { site, at, unbrokenSince }: SiteHeard): Promise<void> =>
  void (await tx.query(
    `update watch set heard_at = $2, unbroken_since = $3 where site = $1 and (heard_at is null or heard_at <= $2)`,
    [site, at, unbrokenSince],
  ));

/** The entities named, and those next to them in what is stored. Of a site that was never looked at there is nothing to tell yet. */
async function flag(tx: EntityManager, { site, changes }: SiteChanged): Promise<void> {
  const watch = await readWatch(tx, site);
  if (!watch) return;
  const place: Place = { site, project: watch.project };
  const told = changes.flatMap(({ refs, occurredAt, projectId }) =>
    refs
      .filter((ref) => entities.has(ref.kind))
      .map((ref) => ({
        ...ref,
        since: instant(occurredAt),
        ours: projectId === undefined || projectId === place.project,
      })),
  );
  const known = new Set((await currentOfThese(tx, place, told)).map(refKey));
  // An administrator hears of every project: what is neither ours nor seen here before is not looked up.
  const named = told.filter((ref) => ref.ours || known.has(refKey(ref)));
  if (named.length === 0) return;
  await markDirty(tx, site, [...named.map(asNamed), ...(await neighboursOf(tx, place, named))], new Date());
}

const asNamed = ({ kind, id, since }: Ref & { readonly since: Date }): DirtyFlag => ({ kind, id, since, near: false });

/** oslo's timestamps say no zone and are UTC. One that cannot be read is taken for now. */
function instant(text: string): Date {
  const zoned = /[zZ]|[+-]\d\d:?\d\d$/.test(text) ? text : `${text.replace(' ', 'T')}Z`;
  const parsed = new Date(zoned);
  const now = new Date();
  return Number.isNaN(parsed.getTime()) || parsed > now ? now : parsed;
}

async function neighboursOf(
  tx: EntityManager,
  place: Place,
  named: readonly (Ref & { readonly since: Date })[],
): Promise<readonly DirtyFlag[]> {
  const since = new Date(Math.min(...named.map((ref) => ref.since.getTime())));
  const keys = new Set(named.map(refKey));
  const near = [...(await referredBy(tx, place, named)), ...(await referringTo(tx, place, named))];
  return near
    .filter((ref) => entities.has(ref.kind) && !keys.has(refKey(ref)))
    .map(({ kind, id }) => ({ kind, id, since, near: true }));
}
