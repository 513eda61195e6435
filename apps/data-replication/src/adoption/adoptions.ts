import { ReadBundlePoint } from '@lifeboat/contracts';
import type { BundleRef, DiskReplica } from '@lifeboat/contracts';
import type { DriverRegistry as Drivers, Whereabouts } from '@lifeboat/replication-driver-api';
import { Asker, Sites } from '@lifeboat/service-kit';
import { DRIVERS } from '@lifeboat/replication-drivers';
import { Inject, Injectable } from '@nestjs/common';
import { listedAt } from '../replicas/standing.ts';
import type { Standing } from '../replicas/standing.ts';
import { whereaboutsOf } from './judged.ts';

export interface BundledDisk {
  readonly replica: DiskReplica;
  readonly says: Whereabouts;
}

export interface BundledPoint {
  readonly pointId: string;
  readonly source: string;
  readonly target: string;
  readonly disks: readonly BundledDisk[];
}

/** The disks of points as a bundle has them, with what their drivers say, and what stands where their replicas should. */
@Injectable()
export class Adoptions {
  constructor(
    private readonly asker: Asker,
    private readonly sites: Sites,
    @Inject(DRIVERS) private readonly drivers: Drivers,
  ) {}

  async point(bundle: BundleRef, pointId: string): Promise<BundledPoint> {
    const { source, target, disks } = await this.asker.ask(ReadBundlePoint, { bundle, pointId });
    return {
      pointId,
      source,
      target,
      disks: disks.map((replica) => ({ replica, says: whereaboutsOf(replica, this.drivers) })),
    };
  }

  async listed(site: string): Promise<readonly Standing[]> {
    return listedAt(await this.sites.open(site));
  }
}
