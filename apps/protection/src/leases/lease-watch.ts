import { LeaseMissed } from '@lifeboat/contracts';
import { Database, Every, LOGGER } from '@lifeboat/service-kit';
import { setGauges } from '@lifeboat/telemetry';
import type { Logger } from '@lifeboat/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import { FenceLeaseRow } from './fence-lease.row.ts';

const LOOK_MS = 2_000;

interface Late {
  readonly groupId: string;
  readonly site: string;
  readonly agent: string;
}

/** Says when a lease is not renewed, how old each is, and which agents are gone. By the wall clock: no failover depends on it. */
@Injectable()
export class LeaseWatch {
  constructor(
    private readonly database: Database,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  @Every(LOOK_MS)
  async look(): Promise<void> {
    const late = await this.database.query<Late[]>(
      `select group_id as "groupId", l.site, l.agent from fence_lease l join protection_group g using (group_id)
       where ${HELD} and not l.missed and l.granted_at < now() - make_interval(secs => l.ttl_seconds)`,
    );
    for (const one of late) await this.say(one);
    await this.forget();
    await this.measure();
  }

  /** It may have been renewed since. */
  private say(key: Late): Promise<void> {
    return this.database.transaction(async (tx, out) => {
      const lease = await tx.findOne(FenceLeaseRow, { where: { ...key }, lock: { mode: 'pessimistic_write' } });
      if (!lease || lease.missed || Date.now() < lease.grantedAt.getTime() + lease.ttlSeconds * 1_000) return;
      const grantedAt = lease.grantedAt.toISOString();
      this.log.warn({ ...key, grantedAt }, 'a lease is not renewed');
      await tx.update(FenceLeaseRow, { ...key }, { missed: true });
      await out.emit(LeaseMissed, { ...key, ttlSeconds: lease.ttlSeconds, grantedAt });
    });
  }

  /** Agents that are there no more, where another holds the lease: what they may still have has run out long ago. */
  private async forget(): Promise<void> {
    await this.database.query(
      `delete from fence_lease l where l.granted_at < now() - interval '1 day' and exists (
         select from fence_lease o where o.group_id = l.group_id and o.site = l.site and o.held_since is not null and o.granted_at > now() - interval '1 hour')`,
    );
  }

  private async measure(): Promise<void> {
    const rows = await this.database.query<(Late & { readonly age: number })[]>(
      `select group_id as "groupId", l.site, l.agent, extract(epoch from now() - l.granted_at)::float8 as age
       from fence_lease l join protection_group g using (group_id) where ${HELD}`,
    );
    setGauges(
      'lifeboat_fence_lease_age_seconds',
      rows.map(({ groupId: group, site, agent, age }) => ({ labels: { group, site, agent }, value: age })),
    );
  }
}

/** By an agent at the primary of a group that nobody fails over. */
const HELD = `l.held_since is not null and g.state = 'protected' and g.primary_site = l.site`;
