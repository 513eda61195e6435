import type { Standing } from './standing.ts';

/** A disk of a point that is complete, and what was seen of it when it was first looked at. */
export interface Watched {
  readonly pointId: string;
  readonly groupId: string;
  readonly diskId: string;
  readonly standing: readonly string[] | null;
}

/** What stands for this disk of this point, or for the disk in all of its points. What was made for a run is that run's affair. Pure. */
export const standsFor = ({ pointId, groupId, diskId }: Watched, all: readonly Standing[]): readonly Standing[] =>
  all.filter(({ marks }) => {
    if (marks['lifeboat_run'] !== undefined || marks['lifeboat_disk'] !== diskId) return false;
    const point = marks['lifeboat_point'];
    return point === undefined ? marks['lifeboat_group'] === groupId : point === pointId;
  });

/** What is wrong with it, in words; nothing on the first look, which only learns what there is. Pure. */
export function damageOf(watched: Watched, now: readonly Standing[]): string | undefined {
  const there = new Map(now.map((one) => [one.name, one]));
  const wrong = (watched.standing ?? []).flatMap((name) => {
    const one = there.get(name);
    if (!one) return [`${name} is gone`];
    return isBroken(one) ? [`${name} is in state ${one.status}`] : [];
  });
  return wrong.length > 0 ? wrong.join('; ') : undefined;
}

export const isBroken = ({ status }: Pick<Standing, 'status'>): boolean =>
  /^(error|killed|deactivated|deleted)/.test(status);
