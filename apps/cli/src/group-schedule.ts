import type { Group } from '@lifeboat/contracts';
import type { Command } from 'commander';
import { contextOf } from './context.ts';
import { age, print } from './output.ts';

export const groupColumns = {
  group: (g: Group) => g.groupId,
  name: (g: Group) => g.name,
  primary: (g: Group) => g.primary,
  recovery: (g: Group) => g.recovery,
  policy: (g: Group) => g.policy,
  state: (g: Group) =>
    [g.state, g.heldBy && `held by ${g.heldBy}`, g.paused && 'paused', g.awaitingApproval && 'a run awaits approval']
      .filter(Boolean)
      .join(', '),
  'last point': (g: Group) => (g.lastPoint ? `${g.lastPoint.pointId}, ${age(g.lastPoint.requestedAt)} old` : 'none'),
};

/** When points are made, and how long one takes. */
export const scheduleOf = ({ schedule, paused }: Group): string => {
  if (paused) return `paused since ${paused.since}: ${paused.reason}`;
  if (!schedule) return 'when asked';
  const takes =
    schedule.expectedSeconds === undefined ? '' : `, a point takes ${schedule.expectedSeconds.toFixed(1)} s`;
  const next = schedule.nextStartAt === undefined ? '' : `, the next begins ${schedule.nextStartAt}`;
  return `RPO ${schedule.rpoSeconds} s${takes}${next}`;
};

/** What is known of the site that a group has left. */
export const formerPrimaryText = ({
  site,
  leftAt,
  unplanned,
  quarantinedBy,
}: NonNullable<Group['formerPrimary']>): string =>
  `it left ${site} at ${leftAt}${
    quarantinedBy !== undefined
      ? `, which answered again: run ${quarantinedBy} quarantines it`
      : unplanned
        ? ', which has not answered since; it is quarantined when it does'
        : ', by plan'
  }`;

/** `lifeboat group pause|resume` */
export function pauseCommands(group: Command): void {
  group
    .command('pause <groupId>')
    .description('make no points by schedule; one that is being made goes on, and "point make" still makes one')
    .option('--reason <text>', 'for the record', 'asked for by the CLI')
    .action(async (groupId: string, given: { reason: string }, command: Command) => {
      const { api, options } = contextOf(command);
      print(await api.groups.pause(groupId, given.reason), groupColumns, options);
    });

  group
    .command('resume <groupId>')
    .description('make points by schedule again')
    .action(async (groupId: string, _o: unknown, command: Command) => {
      const { api, options } = contextOf(command);
      print(await api.groups.resume(groupId), groupColumns, options);
    });
}
