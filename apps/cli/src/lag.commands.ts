import type { DiskLag } from '@lifeboat/contracts';
import type { Command } from 'commander';
import { contextOf } from './context.ts';
import { age, print } from './output.ts';

const columns = {
  disk: ({ disk, name }: DiskLag) => name || disk.id,
  driver: ({ driver }: DiskLag) => driver,
  at: ({ target }: DiskLag) => target,
  'behind (s)': ({ seconds }: DiskLag) => seconds?.toFixed(1) ?? 'not known',
  'behind (bytes)': ({ bytes }: DiskLag) => bytes ?? 'not known',
  state: ({ healthy, problem }: DiskLag) => (healthy ? 'healthy' : `not healthy: ${problem ?? 'nobody says why'}`),
  measured: ({ measuredAt }: DiskLag) => (measuredAt === undefined ? 'not yet' : `${age(measuredAt)} ago`),
};

/** `lifeboat data lag` */
export function lagCommands(program: Command): void {
  const data =
    program.commands.find((one) => one.name() === 'data') ??
    program.command('data').description('how disks are carried');
  data
    .command('lag <group>')
    .description('how far behind the recovery site is, for disks whose mechanism runs all the time')
    .action(async (groupId: string, _given: object, command: Command) => {
      const { api, options } = contextOf(command);
      print(await api.data.lag(groupId), columns, options);
    });
}
