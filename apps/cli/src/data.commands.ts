import type { DiskExplained, LifeboatApi, PointCheck } from '@lifeboat/api-client';
import type { DiskCheck } from '@lifeboat/contracts';
import { invalidInput, newId, notFound } from '@lifeboat/kernel';
import type { Command } from 'commander';
import { setTimeout as pause } from 'node:timers/promises';
import { contextOf } from './context.ts';
import { bytes, print, say } from './output.ts';

const LOOK_MS = 500;

const checkColumns = {
  disk: (d: DiskCheck) => `${d.diskKind} ${d.name || d.diskId}`,
  driver: (d: DiskCheck) => d.driver,
  outcome: (d: DiskCheck) => d.outcome,
  read: (d: DiskCheck) => (d.bytes === undefined ? '' : bytes(d.bytes)),
  'differs at': (d: DiskCheck) => (d.differs ?? []).map(({ offset, length }) => `${offset}+${length}`).join(', '),
  reason: (d: DiskCheck) => d.reason ?? '',
};

/** `lifeboat data …` */
export function dataCommands(program: Command): void {
  const data = program.command('data').description('how disks are carried, and whether they arrived');
  explain(data);
  verify(data);

  data
    .command('resync <groupId> <diskId>')
    .description('do not trust what stands for a disk at the recovery site: the next point compares every byte')
    .action(async (groupId: string, diskId: string, _o: unknown, command: Command) => {
      await contextOf(command).api.disks.resync(groupId, diskId);
      say(`The next point of group ${groupId} compares every byte of ${diskId}, and sends what differs.`);
    });
}

function explain(data: Command): void {
  data
    .command('explain <diskId>')
    .description(
      'which driver carries a volume (or the root of a server) by its group’s policy, and what every driver says',
    )
    .option('--group <groupId>', 'of this group; else of the one that holds it')
    .action(async (diskId: string, given: { group?: string }, command: Command) => {
      const { api, options } = contextOf(command);
      const explained = await api.disks.explain(given.group ?? (await groupOf(api, diskId)), diskId);
      if (options.json) return print(explained, {}, options);
      const { disk, driver } = explained;
      say(
        `${disk.kind} "${disk.name || disk.id}" (${disk.sizeGiB} GiB${disk.volumeType ? `, type ${disk.volumeType}` : ''})`,
      );
      print<DiskExplained['reasons'][number]>(
        explained.reasons,
        { driver: (r) => r.driver, chosen: (r) => (r.chosen ? 'yes' : ''), reason: (r) => r.reason },
        options,
      );
      if (driver === undefined) say('No driver carries it: the group cannot be protected with it.');
    });
}

async function groupOf(api: LifeboatApi, diskId: string): Promise<string> {
  const holding: string[] = [];
  for (const { groupId } of await api.groups.list())
    if ((await api.disks.list(groupId)).some(({ id }) => id === diskId)) holding.push(groupId);
  const [only, ...others] = holding;
  if (only === undefined)
    throw notFound('disk-not-found', `No group holds a disk "${diskId}", as far as was seen.`, {
      mend: 'List groups with "lifeboat group list".',
    });
  if (others.length > 0)
    throw invalidInput('group-ambiguous', `Disk ${diskId} is held by ${holding.join(', ')}.`, {
      mend: 'Say which you mean with --group.',
    });
  return only;
}

function verify(data: Command): void {
  data
    .command('verify <pointId>')
    .description('read the disks of a point again at the recovery site and compare them with what was carried')
    .option('--id <checkId>', 'an id of yours: asking twice reads once')
    .option('--no-wait', 'do not wait for the end')
    .action(async (pointId: string, given: { id?: string; wait: boolean }, command: Command) => {
      const { api, options } = contextOf(command);
      const checkId = given.id ?? newId();
      const ask = (): Promise<PointCheck> => api.points.verify(pointId, checkId);
      let check = await ask();
      for (; given.wait && !check.done; check = await ask()) await pause(LOOK_MS);
      if (options.json) print(check, {}, options);
      else print(check.disks, checkColumns, options);
      if (!check.done) say(`Asked again with --id ${checkId} it tells how far it came.`);
      if (check.disks.some(({ outcome }) => outcome === 'differs' || outcome === 'failed')) process.exitCode = 1;
    });
}
