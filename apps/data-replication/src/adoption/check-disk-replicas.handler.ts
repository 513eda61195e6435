import { CheckDiskReplicas } from '@lifeboat/contracts';
import type { AdoptableDisk, InputOf, OutputOf } from '@lifeboat/contracts';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { RequestHandler } from '@lifeboat/service-kit';
import { keyOf } from '../tasks/verbs.ts';
import { Adoptions } from './adoptions.ts';
import type { BundledPoint } from './adoptions.ts';
import { adoptable, judged, leftOver } from './judged.ts';

@AnswersRequest(CheckDiskReplicas)
export class CheckDiskReplicasHandler implements RequestHandler<typeof CheckDiskReplicas> {
  constructor(private readonly adoptions: Adoptions) {}

  async answer({ bundle, pointIds }: InputOf<typeof CheckDiskReplicas>): Promise<OutputOf<typeof CheckDiskReplicas>> {
    const points: BundledPoint[] = [];
    for (const pointId of pointIds) points.push(await this.adoptions.point(bundle, pointId));
    const target = points[0]?.target;
    if (target === undefined) return { points: [], disks: [], leftOver: [] };
    const listed = await this.adoptions.listed(target);
    const all = points.map((point) => ({
      ...point,
      judged: point.disks.map(({ replica, says }) => judged(replica, says, listed)),
    }));
    const every = all.flatMap((point) => point.judged);
    const diskIds = new Set(every.map(({ replica }) => replica.disk.id));
    const known = new Set(every.flatMap(({ parts }) => parts));
    return {
      points: all.map(({ pointId, judged: disks }) => ({
        pointId,
        standing: disks.filter(({ missing }) => missing.length === 0).length,
        missing: disks.flatMap(({ replica: { disk }, missing }) =>
          missing.map((one) => `"${disk.name || disk.id}": ${one}`),
        ),
      })),
      disks: [...newestOfEach(points)],
      leftOver: [...leftOver(bundle.group, diskIds, known, listed)],
    };
  }
}

/** The points come newest first. */
function newestOfEach(points: readonly BundledPoint[]): readonly AdoptableDisk[] {
  const newest = new Map<string, AdoptableDisk>();
  for (const { disks } of points)
    for (const { replica, says } of disks) {
      const key = keyOf(replica.disk);
      if (!newest.has(key)) newest.set(key, adoptable(replica, says));
    }
  return [...newest.values()];
}
