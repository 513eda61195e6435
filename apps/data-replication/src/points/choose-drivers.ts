import type { Disk, DriverRule } from '@lifeboat/contracts';
import { invalidInput } from '@lifeboat/kernel';
import { readQuotas } from '@lifeboat/openstack-client';
import type { Cloud } from '@lifeboat/openstack-client';
import { chooseDriver } from '@lifeboat/replication-driver-api';
import type { Choice, Disk as DriverDisk } from '@lifeboat/replication-driver-api';
import { DRIVERS } from '@lifeboat/replication-drivers';
import type { Drivers } from '@lifeboat/replication-drivers';
import { SETTINGS, Sites } from '@lifeboat/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import { quotaShortage, sumOf } from '../sites/quota-check.ts';
import { readFacts, shareStore } from '../sites/site-facts.ts';

export interface DataSettings {
  readonly LIFEBOAT_SHARED_BACKUP_STORES?: string | undefined;
}

export interface Chosen {
  readonly disk: Disk;
  readonly driver: string;
}

/** Which driver carries which disk between two sites, and whether there is room for it. */
@Injectable()
export class ChooseDrivers {
  constructor(
    private readonly sites: Sites,
    @Inject(SETTINGS) private readonly settings: DataSettings,
    @Inject(DRIVERS) readonly all: Drivers,
  ) {}

  async explain(
    disks: readonly Disk[],
    rules: readonly DriverRule[],
    source: string,
    target: string,
  ): Promise<readonly Choice[]> {
    const shared = shareStore(this.settings.LIFEBOAT_SHARED_BACKUP_STORES, source, target);
    const facts = {
      source: await readFacts(await this.sites.open(source), shared),
      target: await readFacts(await this.sites.open(target), shared),
    };
    return Promise.all(disks.map((disk) => chooseDriver(disk as DriverDisk, rules, this.all, facts)));
  }

  /** Throws `invalid-input` `disk-not-carriable` naming every disk that no driver can carry. */
  async choose(
    disks: readonly Disk[],
    rules: readonly DriverRule[],
    source: string,
    target: string,
  ): Promise<readonly Chosen[]> {
    const choices = await this.explain(disks, rules, source, target);
    const refused = choices.flatMap(({ driver, reasons }, n) =>
      driver === undefined
        ? [`"${disks[n]?.name || disks[n]?.id}" (${reasons.map((one) => `${one.driver}: ${one.reason}`).join('; ')})`]
        : [],
    );
    if (refused.length > 0)
      throw invalidInput('disk-not-carriable', `No driver can carry ${refused.join(', ')}.`, {
        mend: 'Leave these disks out of the group, change what is in the way, or let the policy name another driver.',
      });
    return disks.flatMap((disk, n) => {
      const { driver, named } = choices[n] ?? {};
      return driver === undefined ? [] : [{ disk: named === undefined ? disk : { ...disk, named }, driver }];
    });
  }

  /** Throws `external` `quota-too-small`: before anything is made. */
  async checkRoom(
    chosen: readonly (Chosen & { readonly first?: boolean })[],
    verb: 'replicate' | 'materialise',
    source: string | undefined,
    target: string,
  ): Promise<void> {
    const needs = await Promise.all(
      chosen.map(async ({ disk, driver, first = false }) =>
        this.all.get(driver).needs(disk as DriverDisk, verb, first),
      ),
    );
    if (source !== undefined) await this.check(await this.sites.open(source), sumOf(needs.map((one) => one.source)));
    await this.check(await this.sites.open(target), sumOf(needs.map((one) => one.target)));
  }

  private async check(cloud: Cloud, needed: Readonly<Record<string, number>>): Promise<void> {
    if (Object.keys(needed).length === 0) return;
    const shortage = quotaShortage(cloud.site, needed, await readQuotas(cloud));
    if (shortage) throw shortage;
  }
}
