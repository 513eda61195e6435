import { asLifeboatError } from '@lifeboat/kernel';
import { liveServer, nextToStop, stopServer } from '@lifeboat/openstack-client';
import type { Cloud } from '@lifeboat/openstack-client';
import { Every, LOGGER, SETTINGS, Sites } from '@lifeboat/service-kit';
import { setGauges } from '@lifeboat/telemetry';
import type { Logger } from '@lifeboat/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import type { AgentSettings } from '../agent-settings.ts';
import { now } from '../leases/clock.ts';
import { isOver, withStopped } from '../leases/lease.ts';
import type { Lease } from '../leases/lease.ts';
import { Leases } from '../leases/leases.ts';
import { Renewal } from '../leases/renewal.ts';

const TICK_MS = 1_000;

type Server = Lease['servers'][number];

/** Stops what must not serve any more, by the site's own API, and asks nobody. Once for each lease that ends: what is started by somebody after that is not fought. */
@Injectable()
export class Guard {
  private readonly troubled = new Set<string>();

  constructor(
    private readonly leases: Leases,
    private readonly renewal: Renewal,
    private readonly sites: Sites,
    @Inject(SETTINGS) private readonly settings: AgentSettings,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  @Every(TICK_MS)
  async look(): Promise<void> {
    this.measure();
    if (!this.renewal.tried) return;
    const over = this.leases.all().filter((lease) => lease.fencedAt === undefined && isOver(lease, now()));
    await Promise.all(over.map((lease) => this.fence(lease)));
  }

  private async fence({ groupId, servers, lostAt }: Lease): Promise<void> {
    if (lostAt === undefined) {
      this.log.error({ groupId, servers }, 'the lease of a group has ended: its servers are stopped');
      await this.leases.note(groupId, (lease) => ({ ...lease, lostAt: new Date().toISOString() }));
    }
    const cloud = await this.sites.open(this.settings.LIFEBOAT_SITE);
    const rested = await Promise.all(servers.map((server) => this.rests(cloud, groupId, server)));
    if (!rested.every(Boolean) || !this.mustStop(groupId)) return;
    this.log.error({ groupId }, 'no server of the group runs any more; none is started but by a person');
    await this.leases.note(groupId, (lease) => ({ ...lease, fencedAt: new Date().toISOString() }));
  }

  /** Whether it does, or has it stopped. One that cannot be stopped now is tried again. */
  private async rests(cloud: Cloud, groupId: string, server: Server): Promise<boolean> {
    try {
      const next = nextToStop(await liveServer(cloud, server.id), server.name);
      if (next === 'call') await this.stop(cloud, groupId, server);
      this.troubled.delete(server.id);
      return next === 'nothing';
    } catch (thrown) {
      if (!this.troubled.has(server.id))
        this.log.error({ err: asLifeboatError(thrown), groupId, server }, 'a server is not stopped; it is tried again');
      this.troubled.add(server.id);
      return false;
    }
  }

  /** Intent before effect: it is on record before it is stopped, and is not where the lease was renewed meanwhile. */
  private async stop(cloud: Cloud, groupId: string, server: Server): Promise<void> {
    if (!this.mustStop(groupId)) return;
    const stopped = { ...server, at: new Date().toISOString() };
    await this.leases.note(groupId, (lease) => withStopped(lease, stopped));
    if (this.mustStop(groupId)) await stopServer(cloud, server.id);
  }

  private mustStop(groupId: string): boolean {
    const lease = this.leases.get(groupId);
    return lease !== undefined && isOver(lease, now());
  }

  private measure(): void {
    const { upMs } = now();
    const site = this.settings.LIFEBOAT_SITE;
    setGauges(
      'lifeboat_fence_lease_age_seconds',
      this.leases.all().map(({ groupId: group, sentUpMs }) => ({
        labels: { group, site, agent: this.settings.LIFEBOAT_AGENT_NAME },
        value: (upMs - sentUpMs) / 1_000,
      })),
    );
  }
}
