import type { DriverSummary } from '@lifeboat/contracts';
import type { Command } from 'commander';
import { contextOf } from './context.ts';
import { print } from './output.ts';

const columns = {
  driver: (d: DriverSummary) => d.name,
  'comes from': (d: DriverSummary) => (d.from === undefined ? d.origin : `${d.origin} ${d.from}`),
  carries: (d: DriverSummary) => d.can.carries,
  consistency: (d: DriverSummary) => d.can.consistency,
  incremental: (d: DriverSummary) => (d.can.incremental ? 'yes' : 'no'),
  unplanned: (d: DriverSummary) => (d.can.unplanned ? 'yes' : `no: ${d.can.whyPlanned ?? 'no reason given'}`),
  rollback: (d: DriverSummary) => d.can.rollback,
  rights: (d: DriverSummary) => d.can.rights,
  offers: (d: DriverSummary) => d.offers.join(', '),
  problem: (d: DriverSummary) => d.problem,
};

/** `lifeboat driver …` */
export function driverCommands(program: Command): void {
  const driver = program.command('driver').description('mechanisms that carry disks');

  driver
    .command('list')
    .description('all drivers, in the order in which they are preferred, with what they can do')
    .action(async (_o: unknown, command: Command) => {
      const { api, options } = contextOf(command);
      print(await api.drivers.list(), columns, options);
    });
}
