import { atRest, liveServer } from '@lifeboat/openstack-client';
import { Every, SETTINGS, Sites } from '@lifeboat/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import type { AgentSettings } from '../agent-settings.ts';
import { now } from '../leases/clock.ts';
import { isOver } from '../leases/lease.ts';
import { Leases } from '../leases/leases.ts';

const LOOK_MS = 5_000;

/** Learns that somebody has started, or removed, what was stopped here: from then on nobody is told of it any more. */
@Injectable()
export class StartedAgain {
  constructor(
    private readonly leases: Leases,
    private readonly sites: Sites,
    @Inject(SETTINGS) private readonly settings: AgentSettings,
  ) {}

  @Every(LOOK_MS)
  async look(): Promise<void> {
    for (const lease of this.leases.all())
      if (lease.fencedAt !== undefined || !isOver(lease, now()))
        for (const { id } of lease.stopped) await this.lookAt(lease.groupId, id);
  }

  private async lookAt(groupId: string, id: string): Promise<void> {
    const live = await liveServer(await this.sites.open(this.settings.LIFEBOAT_SITE), id);
    // On its way to its rest it is not started again.
    if (live && (atRest(live) || live['OS-EXT-STS:task_state'])) return;
    await this.leases.note(groupId, (lease) => ({
      ...lease,
      stopped: lease.stopped.filter((one) => one.id !== id),
    }));
  }
}
