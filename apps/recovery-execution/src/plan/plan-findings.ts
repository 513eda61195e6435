import type { CheckTarget, DataOf, Finding, ResolvedSwitch, ResolvedWave } from '@lifeboat/contracts';
import type { Rebuild } from '@lifeboat/openstack-entity-api';
import { Sites } from '@lifeboat/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import { Origins } from '../origins/origins.ts';
import { resolveTraffic } from '../traffic/resolve-traffic.ts';
import { trafficFindings } from '../traffic/traffic-findings.ts';
import { fenceBlockers, namelessBlockers } from './named-things.ts';
import { PLANS_FILE } from './plans-file.ts';
import type { PlansFile } from './plans-file.ts';
import { resolveWaves } from './resolve-waves.ts';

type Input = Pick<
  DataOf<typeof CheckTarget>,
  'groupId' | 'source' | 'target' | 'waves' | 'traffic' | 'fence' | 'home' | 'lost'
>;

export interface PlanFindings {
  /** How many things were looked at. */
  readonly checks: number;
  readonly blockers: readonly Finding[];
  readonly warnings: readonly Finding[];
  /** What would keep traffic from being switched. It stops a rehearsal; a run for real is not refused over a name. */
  readonly misled: readonly Finding[];
  /** Where there is a plan. */
  readonly waves?: readonly ResolvedWave[];
  /** Where it has any. */
  readonly traffic?: readonly ResolvedSwitch[];
}

/** What a plan asks of the point, of the plans file, and of what leads to the group. Reads only. */
@Injectable()
export class PlanCheck {
  constructor(
    private readonly origins: Origins,
    private readonly sites: Sites,
    @Inject(PLANS_FILE) private readonly file: PlansFile,
  ) {}

  async find(
    run: Rebuild,
    { groupId, source, target, waves, traffic = [], fence = [], home, lost }: Input,
  ): Promise<PlanFindings> {
    if (!waves) return { checks: 0, blockers: [], warnings: [], misled: [] };
    const aliases = await this.origins.aliases(groupId, source);
    // A server that others own is not started by us.
    const servers = run.topology
      .of('server')
      .filter(({ observed }) => observed['foreign'] !== true)
      .map((server) => ({ ...server, aliases: aliases.get(server.id) ?? [] }));
    const resolved = resolveWaves(waves, servers);
    const designateAt = home ? source : target;
    const led = resolveTraffic(traffic, { topology: run.topology, servers, designateAt });
    const callsSource = home === true && !lost;
    const places = await trafficFindings(led.traffic, { run, callsSource, file: this.file, sites: this.sites });
    return {
      checks: waves.length + traffic.length + fence.length,
      blockers: [
        ...resolved.blockers,
        ...namelessBlockers(waves, this.file),
        ...fenceBlockers(fence, this.file),
        ...led.blockers,
      ],
      warnings: places.warnings,
      misled: places.blockers,
      waves: resolved.waves,
      ...(led.traffic.length > 0 && { traffic: led.traffic }),
    };
  }
}
