import type { AdoptionPreview } from '@lifeboat/contracts';

const NEXT = {
  full: 'the next point is a full copy',
  difference: 'the next point sends what differs',
  nothing: 'no point sends anything',
};

/** What people are told of one group, line by line. Pure. */
export function adoptText({
  groupId,
  found,
  refusal,
  home,
  points,
  disks,
  leftOver,
  warnings,
}: AdoptionPreview): readonly string[] {
  const { bundle, about, key } = found;
  return [
    `Group ${groupId}${about ? ` "${about.groupName}"` : ''}: bundle ${bundle.place}/${bundle.group}/${bundle.name}`,
    ...(about
      ? [`  made ${about.madeAt}, of data as of ${about.dataAsOf}, from ${about.source} to ${about.target}`]
      : []),
    ...(key === undefined ? [] : [`  signed by the key ${key}`]),
    ...(home
      ? [
          `  policy ${home.policy.name}, ${home.plan ? `plan ${home.plan.name}, version ${home.plan.version}` : 'no plan'}`,
        ]
      : []),
    ...points.map(
      ({ pointId, requestedAt, verdict, why }) =>
        `  point ${pointId} of ${requestedAt}: ${verdict}${why === undefined ? '' : ` (${why})`}`,
    ),
    ...disks.map(
      ({ name, driver, next, why }) =>
        `  disk "${name}" by ${driver}: ${next === undefined ? 'cannot be adopted' : NEXT[next]}${why === undefined ? '' : `: ${why}`}`,
    ),
    ...leftOver.map((one) => `  left over, and left as it is: ${one}`),
    ...warnings.map(({ where, message, mend }) => `  ${where}: ${message}${mend === undefined ? '' : ` ${mend}`}`),
    ...(refusal
      ? [`  NOT adopted: ${refusal.message}${refusal.mend === undefined ? '' : ` ${refusal.mend}`} (${refusal.code})`]
      : []),
  ];
}

/** Nothing is wrong with a group that is there already. */
export const isAdoptable = ({ refusal }: AdoptionPreview): boolean => refusal === undefined;
export const isRefused = ({ refusal }: AdoptionPreview): boolean =>
  refusal !== undefined && refusal.code !== 'group-exists';
