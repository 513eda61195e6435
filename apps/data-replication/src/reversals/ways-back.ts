import type { DataOf, ReprotectDisk, ReverseDisks } from '@lifeboat/contracts';
import type { Cloud } from '@lifeboat/openstack-client';
import type { ReplicationDriver } from '@lifeboat/replication-driver-api';
import { DRIVERS } from '@lifeboat/replication-drivers';
import type { Drivers } from '@lifeboat/replication-drivers';
import { Sites } from '@lifeboat/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import { Copies } from '../copies/copies.ts';
import type { DiskCopyRow } from '../copies/copies.ts';
import { nothingStands, usesOriginals, wayBackOf } from './way-back.ts';
import type { Standing } from './way-back.ts';

type Between = Pick<DataOf<typeof ReverseDisks>, 'ofRunId' | 'source' | 'target'>;

/** A disk that serves by a run, and what the first point the other way would send of it. */
export interface WayBack {
  readonly row: DiskCopyRow;
  readonly driver: ReplicationDriver | undefined;
  readonly expected: ReprotectDisk;
}

@Injectable()
export class WaysBack {
  constructor(
    private readonly copies: Copies,
    private readonly sites: Sites,
    @Inject(DRIVERS) private readonly drivers: Drivers,
  ) {}

  /** `look`: looks at the sites, or says what to go by when that fails. */
  async of(
    between: Between,
    look: (reading: () => Promise<Standing>) => Promise<Standing> = (reading) => reading(),
  ): Promise<readonly WayBack[]> {
    const rows = await this.copies.ofRun(between.ofRunId);
    const known = new Map(this.drivers.all.map((driver) => [driver.name, driver]));
    const original = rows.some(({ driver }) => usesOriginals(known.get(driver)));
    const standing = original ? await look(() => this.standing(between)) : nothingStands();
    return rows.map((row) => {
      const driver = known.get(row.driver);
      return { row, driver, expected: wayBackOf(row, driver, standing) };
    });
  }

  private async standing({ source, target }: Between): Promise<Standing> {
    return {
      source: await sizesAt(await this.sites.open(source)),
      target: await sizesAt(await this.sites.open(target)),
    };
  }
}

async function sizesAt(cloud: Cloud): Promise<ReadonlyMap<string, number>> {
  const sizes = new Map<string, number>();
  for await (const { id, size } of cloud.volume.list<{ id: string; size: number }>('/volumes/detail', 'volumes'))
    sizes.set(id, size);
  return sizes;
}
