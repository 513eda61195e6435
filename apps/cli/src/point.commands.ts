import type { DiskReplica, Point } from '@lifeboat/contracts';
import { newId } from '@lifeboat/kernel';
import type { Command } from 'commander';
import { contextOf } from './context.ts';
import { age, bytes, print, say } from './output.ts';
import { showProgress } from './progress.ts';
import { consistencyText, freezeText } from './quiesce-text.ts';
import { finish } from './run.commands.ts';

const columns = {
  point: (p: Point) => p.pointId,
  state: (p: Point) => (p.damage === undefined ? p.state : `${p.state}, damaged: ${p.damage}`),
  age: (p: Point) => age(p.requestedAt),
  consistency: (p: Point) => consistencyText(p),
  disks: (p: Point) => p.disks.length,
  images: (p: Point) => p.images.length,
  'pinned by': (p: Point) => p.pinnedBy.join(', '),
};

/** Of a point that is looked at alone. */
const allColumns = {
  ...columns,
  frozen: (p: Point) => freezeText(p.consistency?.freeze),
};

const diskColumns = {
  disk: (d: DiskReplica) => `${d.disk.kind} ${d.disk.name || d.disk.id}`,
  id: (d: DiskReplica) => d.disk.id,
  driver: (d: DiskReplica) => d.driver,
  moved: (d: DiskReplica) => bytes(d.bytes),
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
    .description('one point: what it achieved, its disks, or how far they came')
    .action(async (pointId: string, _o: unknown, command: Command) => {
      const { api, options } = contextOf(command);
      const point = await api.points.get(pointId);
      const progress = point.state === 'open' ? await showProgress(api, pointId, options) : [];
      print({ ...point, ...(progress.length > 0 && { progress }) }, allColumns, options);
      if (!options.json && point.state !== 'open') print(point.disks, diskColumns, options);
    });
}
