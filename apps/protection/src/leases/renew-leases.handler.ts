import { AgentFenced, LeaseRenewed, RenewLeases } from '@lifeboat/contracts';
import type { InputOf, LeaseAnswer, LeaseReport, OutputOf } from '@lifeboat/contracts';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { Outgoing, RequestContext, RequestHandler } from '@lifeboat/service-kit';
import type { EntityManager } from 'typeorm';
import { GroupRow } from '../groups/group.row.ts';
import { decideLease, heldSince, longestOf } from './decide-lease.ts';
import type { Decision } from './decide-lease.ts';
import { FenceLeaseRow } from './fence-lease.row.ts';
import { GrantClock } from './grant-clock.ts';
import { leasedGroups, plannedLease } from './group-lease.ts';
import { LeasedServers } from './leased-servers.ts';

interface Asking {
  readonly groupId: string;
  readonly site: string;
  readonly agent: string;
  readonly report: LeaseReport | undefined;
}

@AnswersRequest(RenewLeases)
export class RenewLeasesHandler implements RequestHandler<typeof RenewLeases> {
  constructor(
    private readonly clock: GrantClock,
    private readonly servers: LeasedServers,
  ) {}

  async answer(
    { site, agent, leases }: InputOf<typeof RenewLeases>,
    context: RequestContext,
  ): Promise<OutputOf<typeof RenewLeases>> {
    const reports = new Map(leases.map((report) => [report.groupId, report]));
    const leased = await context.transaction((tx) => leasedGroups(tx, site));
    const asked = [...new Set([...reports.keys(), ...leased])];
    const one = (groupId: string) => this.one({ groupId, site, agent, report: reports.get(groupId) }, context);
    return { leases: await Promise.all(asked.map(one)) };
  }

  private async one(asking: Asking, context: RequestContext): Promise<LeaseAnswer> {
    const { groupId, site } = asking;
    const decision = await context.transaction((tx, out) => this.decide(asking, tx, out));
    if (decision.outcome !== 'granted') return { groupId, ...decision };
    const servers = this.servers.of(groupId, site);
    return { groupId, ...decision, ...(servers && { servers: [...servers] }) };
  }

  /** The group is locked against who would take it meanwhile: what is granted is granted before. */
  private async decide(asking: Asking, tx: EntityManager, out: Outgoing): Promise<Decision> {
    const { groupId, site, agent, report } = asking;
    const group = await tx.findOne(GroupRow, { where: { groupId }, lock: { mode: 'pessimistic_read' } });
    const decision = decideLease(group, site, await plannedLease(tx, groupId));
    const key = { groupId, site, agent };
    const before = await tx.findOneBy(FenceLeaseRow, key);
    if (before && report) await this.hear(before, report, tx, out);
    if (decision.outcome === 'released') await tx.update(FenceLeaseRow, key, RELEASED);
    if (decision.outcome !== 'granted') return decision;
    this.clock.granted(key);
    await tx.upsert(
      FenceLeaseRow,
      {
        ...key,
        ttlSeconds: longestOf(decision.ttlSeconds, before, report),
        grantedAt: new Date(),
        grantedBy: this.clock.process,
        heldSince: heldSince(before, report, new Date()),
        missed: false,
        stopped: report?.stopped ?? [],
      },
      ['groupId', 'site', 'agent'],
    );
    if (before?.missed) await out.emit(LeaseRenewed, key);
    return decision;
  }

  /** What it did by itself meanwhile. Said once for each time. */
  private async hear(before: FenceLeaseRow, report: LeaseReport, tx: EntityManager, out: Outgoing): Promise<void> {
    const { groupId, site, agent } = before;
    const { lostAt, fencedAt, stopped } = report;
    await tx.update(
      FenceLeaseRow,
      { groupId, site, agent },
      { lostAt: dateOf(lostAt), fencedAt: dateOf(fencedAt), stopped },
    );
    const known = before.fencedAt?.toISOString() === fencedAt;
    if (known || lostAt === undefined || fencedAt === undefined || stopped.length === 0) return;
    await out.emit(AgentFenced, { groupId, site, agent, lostAt, fencedAt, stopped });
  }
}

/** What may still be out is waited for, but nobody relies on it. */
const RELEASED = { heldSince: null, missed: false, lostAt: null, fencedAt: null, stopped: [] };

const dateOf = (text: string | undefined): Date | null => (text === undefined ? null : new Date(text));
