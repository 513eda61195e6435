import { MetadataRpoExceeded, MetadataRpoMet } from '@lifeboat/contracts';
import { Database, Every, LOGGER, SETTINGS } from '@lifeboat/service-kit';
import type { Outgoing } from '@lifeboat/service-kit';
import { setGauges } from '@lifeboat/telemetry';
import type { Logger } from '@lifeboat/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { allGroups } from '../watch/groups.ts';
import type { WatchedGroup } from '../watch/groups.ts';
import { gapOf, readWatch } from '../watch/watch.ts';
import type { Watch } from '../watch/watch.ts';
import { ageOf } from './age.ts';
import type { Age } from './age.ts';

const MEASURE_MS = 2_000;

/** Measures how old the metadata of every protected group is, exports it, and raises an alarm where it is older than the policy allows. */
@Injectable()
export class MetadataRpo {
  constructor(
    private readonly database: Database,
    @Inject(SETTINGS) private readonly settings: { readonly LIFEBOAT_CAPTURE_SWEEP_SECONDS: number },
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  @Every(MEASURE_MS)
  async measure(): Promise<void> {
    const measured = await this.database.transaction(async (tx, out) => {
      const now = new Date();
      const groups = (await allGroups(tx)).filter((group) => group.state === 'protected');
      const sites = new Map<string, Known>();
      for (const site of new Set(groups.map((group) => group.site))) {
        const watch = await readWatch(tx, site);
        sites.set(site, { watch, age: watch && (await ageOf(tx, watch, now)) });
      }
      const measured = groups.map((group) => {
        const known: Known = sites.get(group.site) ?? { watch: undefined, age: undefined };
        return { group, known, seconds: secondsOf(group, known, now) };
      });
      for (const one of measured) await this.judge(tx, out, one, now);
      return measured;
    });
    const labelled = ({ group }: { group: WatchedGroup }) => ({ group: group.groupId });
    setGauges(
      'lifeboat_metadata_rpo_seconds',
      measured.map((one) => ({ labels: labelled(one), value: one.seconds })),
    );
    setGauges(
      'lifeboat_metadata_rpo_limit_seconds',
      measured.flatMap((one) =>
        one.group.rpoLimit === null ? [] : [{ labels: labelled(one), value: one.group.rpoLimit }],
      ),
    );
  }

  private async judge(tx: EntityManager, out: Outgoing, { group, known, seconds }: Measured, now: Date): Promise<void> {
    const { groupId, site, rpoLimit, alarmedAt } = group;
    const exceeded = rpoLimit !== null && seconds > rpoLimit;
    if (exceeded === (alarmedAt !== null)) return;
    // The row decides which of several instances says it.
    const rows: unknown[] = await tx.query(
      `with said as (update watched_group set alarmed_at = $2 where group_id = $1 and (alarmed_at is null) = ($2::timestamptz is not null) returning 1)
       select * from said`,
      [groupId, exceeded ? now : null],
    );
    if (rows.length === 0) return;
    const common = { groupId, site, ageSeconds: seconds, limitSeconds: rpoLimit ?? 0 };
    if (!exceeded) return out.emit(MetadataRpoMet, common);
    const why = this.whyOf(site, known, now);
    this.log.warn({ ...common, why }, 'metadata is older than its policy allows');
    await out.emit(MetadataRpoExceeded, { ...common, why });
  }

  private whyOf(site: string, { watch, age }: Known, now: Date): string {
    if (!watch || !age) return `${site} was never looked at: it does not answer, or its first sweep is not done.`;
    const gap = gapOf(watch, now);
    if (gap) return `Nobody has seen ${site} since ${gap.from.toISOString()}: ${gap.why}`;
    if (age.provenBy === 'notifications')
      return 'What notifications told of has not been read yet, or they are heard no more.';
    return `No unbroken notification stream of ${site} is heard, and it is swept every ${this.settings.LIFEBOAT_CAPTURE_SWEEP_SECONDS} s.`;
  }
}

interface Known {
  readonly watch: Watch | undefined;
  readonly age: Age | undefined;
}

interface Measured {
  readonly group: WatchedGroup;
  readonly known: Known;
  readonly seconds: number;
}

/** A group whose site was never looked at has no metadata at all: that is as old as the group is known. */
const secondsOf = (group: WatchedGroup, { age }: Known, now: Date): number =>
  age?.seconds ?? Math.max(0, now.getTime() - group.knownSince.getTime()) / 1_000;
