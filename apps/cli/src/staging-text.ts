import type { Group } from '@lifeboat/contracts';

/** What is kept staged of a group, and what it takes there. */
export function stagingText({ staging }: Group): string {
  if (!staging) return 'cold';
  const { site, since, inStepAt, kinds = [], quotas = [], problem } = staging;
  const counted = kinds.map(({ kind, count }) => `${count} ${kind}`).join(', ');
  const taken = quotas.map(({ quota, staged, used, limit }) => `${quota} ${staged} of ${used}${limitText(limit)}`);
  return [
    since === undefined ? `to be staged at ${site}` : `staged at ${site} since ${since}: ${counted || 'nothing'}`,
    inStepAt !== undefined && `in step ${inStepAt}`,
    taken.length > 0 && `quotas: ${taken.join(', ')}`,
    problem && `NOT IN STEP: ${problem.message}`,
  ]
    .filter(Boolean)
    .join('; ');
}

const limitText = (limit: number): string => (limit < 0 ? ' used' : ` used, limit ${limit}`);
