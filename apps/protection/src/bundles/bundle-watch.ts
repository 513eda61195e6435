import type { BundlePolicy } from '@lifeboat/contracts';
import { asLifeboatError } from '@lifeboat/kernel';
import { Database, Every, LOGGER, SETTINGS } from '@lifeboat/service-kit';
import type { Logger } from '@lifeboat/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { PlanRow } from '../plans/plan.row.ts';
import { newestServing } from '../points/points.ts';
import { BundleTryRow } from './bundle.row.ts';
import { bundleSource } from './bundle-source.ts';
import { Bundles } from './bundles.ts';
import { isDue, wantedBy, whatOf } from './wanted.ts';
import type { BundleSettings, Wanted } from './wanted.ts';

const LOOK_MS = 5_000;

interface Due {
  readonly groupId: string;
  readonly what: string;
  readonly wanted: Wanted;
}

/** After each sealed point, and each new version of a plan, how that is recovered without Lifeboat is written down. No point waits for it. */
@Injectable()
export class BundleWatch {
  constructor(
    private readonly database: Database,
    private readonly bundles: Bundles,
    @Inject(SETTINGS) private readonly settings: BundleSettings,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  @Every(LOOK_MS)
  async look(): Promise<void> {
    for (const { groupId, what, wanted } of await this.database.transaction((tx) => this.due(tx)))
      await this.database
        .transaction((tx) => bundleSource(tx, groupId))
        .then((source) => this.bundles.tryToMake(what, source, wanted))
        .catch((thrown: unknown) => this.log.warn({ err: asLifeboatError(thrown), groupId }, 'no bundle'));
  }

  /** Of a group that a run holds nothing is written down: its point may go, or what it is recovered by. */
  private async due(tx: EntityManager): Promise<readonly Due[]> {
    const due: Due[] = [];
    for (const { groupId, bundle } of await tx.query<{ groupId: string; bundle: BundlePolicy | null }[]>(
      `select g.group_id as "groupId", p.bundle from protection_group g join policy p on p.name = g.policy
       where g.state = 'protected' and g.held_by is null`,
    )) {
      const wanted = wantedBy(bundle, this.settings);
      const point = wanted && (await newestServing(tx, groupId));
      if (!wanted || !point) continue;
      const plan = await tx.findOneBy(PlanRow, { groupId });
      const what = whatOf(point.pointId, plan ?? undefined, wanted);
      if (isDue(what, await tx.findOneBy(BundleTryRow, { groupId }), new Date())) due.push({ groupId, what, wanted });
    }
    return due;
  }
}
