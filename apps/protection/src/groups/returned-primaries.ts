import { StartQuarantine } from '@lifeboat/contracts';
import { newId } from '@lifeboat/kernel';
import { Database, Every, LOGGER, SETTINGS } from '@lifeboat/service-kit';
import type { Logger } from '@lifeboat/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import { startRun } from '../runs/run-starts.ts';
import { ProofOfLife } from '../sites/proof-of-life.ts';
import { CommitmentRow, lastCommitment } from './commitments.ts';
import { lockedGroup } from './groups.ts';

const LOOK_MS = 5_000;

/** Looks for primaries that were given up for lost and answer again: what stands there of the group is quarantined at once, since it knows nothing of the failover. */
@Injectable()
export class ReturnedPrimaries {
  constructor(
    private readonly database: Database,
    private readonly proofOfLife: ProofOfLife,
    @Inject(SETTINGS) private readonly settings: { readonly LIFEBOAT_LEFT_ALONE_SECONDS: number },
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  @Every(LOOK_MS)
  async look(): Promise<void> {
    const left = await this.database.query<{ groupId: string; site: string }[]>(
      `select g.group_id as "groupId", c.from_site as site from protection_group g
       join lateral (select * from commitment c where c.group_id = g.group_id order by committed_at desc limit 1) c on true
       where g.state = 'failed-over' and g.held_by is null and c.unplanned and c.quarantined_by is null
         and c.committed_at < now() - make_interval(secs => $1)
         and not exists (select from protection_group o where o.primary_site = c.from_site and o.state = 'failing-over')`,
      // The failover that has left the site is over by then: none of its own paths ever calls it, nor while another group leaves it.
      [this.settings.LIFEBOAT_LEFT_ALONE_SECONDS],
    );
    await Promise.all([...new Set(left.map(({ site }) => site))].map((site) => this.lookAt(site, left)));
  }

  private async lookAt(
    site: string,
    left: readonly { readonly groupId: string; readonly site: string }[],
  ): Promise<void> {
    if (!(await this.proofOfLife.ask(site))) return;
    for (const { groupId } of left.filter((one) => one.site === site)) await this.quarantine(groupId, site);
  }

  /** Somebody else may have seen it too, or have re-protected the group meanwhile. */
  private quarantine(groupId: string, site: string): Promise<void> {
    return this.database.transaction(async (tx, out) => {
      const { state, heldBy } = await lockedGroup(tx, groupId);
      const last = await lastCommitment(tx, groupId);
      if (state !== 'failed-over' || heldBy !== null || last?.from !== site || last.quarantinedBy !== null) return;
      const runId = newId();
      this.log.warn({ groupId, site, runId }, 'a primary that was given up for lost answers again; it is quarantined');
      await tx.update(CommitmentRow, { runId: last.runId }, { quarantinedBy: runId });
      await startRun(tx, out, StartQuarantine, {
        runId,
        groupId,
        ofRunId: last.runId,
        committedAt: last.committedAt.toISOString(),
        site,
        reason: `${site} answers again`,
      });
    });
  }
}
