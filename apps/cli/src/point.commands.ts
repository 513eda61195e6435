import type { Point } from '@lifeboat/contracts';
import { newId } from '@lifeboat/kernel';
import type { Command } from 'commander';
import { contextOf } from './context.ts';
import { age, print, say } from './output.ts';
import { finish } from './run.commands.ts';

const columns = {
  point: (p: Point) => p.pointId,
  state: (p: Point) => (p.damage === undefined ? p.state : `${p.state}, damaged: ${p.damage}`),
  age: (p: Point) => age(p.requestedAt),
  consistency: (p: Point) =>
    p.consistency
      ? `${p.consistency.level}${p.consistency.skewMs === undefined ? '' : ` (skew ${p.consistency.skewMs} ms)`}`
      : '',
  disks: (p: Point) => p.disks.length,
  images: (p: Point) => p.images.length,
  'pinned by': (p: Point) => p.pinnedBy.join(', '),
};

/** `lifeboat point …` */
export function pointCommands(program: Command): void {
  const point = program.command('point').description('recovery points');

  point
    .command('make <groupId>')
    .description('make a recovery point now and follow it')
    .option('--id <pointId>', 'an id of yours: asking twice makes one')
    .option('--no-wait', 'do not follow it')
    .action(async (groupId: string, given: { id?: string; wait: boolean }, command: Command) => {
      const { api, options } = contextOf(command);
      const { runId } = await api.points.request(groupId, given.id ?? newId(), 'asked for by the CLI');
      say(`trace ${api.traceId}`);
      await finish(api, runId, given.wait, options);
    });

  point
    .command('list <groupId>')
    .description('points of a group, newest first')
    .action(async (groupId: string, _o: unknown, command: Command) => {
      const { api, options } = contextOf(command);
      print(await api.points.list(groupId), columns, options);
    });

  point
    .command('show <pointId>')
    .description('one point')
    .action(async (pointId: string, _o: unknown, command: Command) => {
      const { api, options } = contextOf(command);
      print(await api.points.get(pointId), columns, options);
    });
}
