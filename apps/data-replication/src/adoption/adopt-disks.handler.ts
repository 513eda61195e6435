import { AdoptDisks } from '@lifeboat/contracts';
import type { AnswerOf, DataOf } from '@lifeboat/contracts';
import { illegalState } from '@lifeboat/kernel';
import { DoesWork, done } from '@lifeboat/service-kit';
import type { WorkContext, WorkHandler, WorkOutcome } from '@lifeboat/service-kit';
import { Points } from '../points/points.ts';
import { Adoptions } from './adoptions.ts';
import { judged } from './judged.ts';

/** Looked at once more: what has gone since the preview is kept as damaged, so that nothing builds on it, and what is left of it goes with the point. */
@DoesWork(AdoptDisks)
export class AdoptDisksHandler implements WorkHandler<typeof AdoptDisks> {
  constructor(
    private readonly adoptions: Adoptions,
    private readonly points: Points,
  ) {}

  async work(
    { groupId, pointId, bundle }: DataOf<typeof AdoptDisks>,
    _memo: unknown,
    context: WorkContext,
  ): Promise<WorkOutcome<AnswerOf<typeof AdoptDisks>>> {
    const { source, target, disks } = await this.adoptions.point(bundle, pointId);
    for (const { replica, says } of disks)
      if ('notAdoptable' in says) throw notAdoptable(replica.driver, says.notAdoptable);
    const listed = disks.length > 0 ? await this.adoptions.listed(target) : [];
    const all = disks.map(({ replica, says }) => judged(replica, says, listed));
    await context.transaction(async (tx) => {
      for (const {
        replica: { disk, driver, replica, ...taken },
        missing,
      } of all) {
        await this.points.begin(tx, { pointId, groupId, source, target, driver, disk, base: null });
        await this.points.complete(tx, pointId, disk, { ...taken, replica });
        if (missing.length > 0) await this.points.damaged(tx, { pointId, disk, damage: missing.join('; ') });
      }
    });
    return done({ pointId, disks: all.length, missing: all.flatMap(({ missing }) => missing) });
  }
}

const notAdoptable = (driver: string, why: string) =>
  illegalState('disk-not-adoptable', `Replicas of driver ${driver} cannot be adopted: ${why}.`, {
    mend: 'Recover by the bundle as its RUNBOOK.md says, and protect what runs then.',
  });
