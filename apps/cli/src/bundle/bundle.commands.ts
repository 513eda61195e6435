import { verifyBundle } from '@lifeboat/contracts';
import type { Bundle, Verified } from '@lifeboat/contracts';
import type { Command } from 'commander';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { contextOf } from '../context.ts';
import { age, print, say } from '../output.ts';
import { bundlePlace, publicKeyIn, unreadable } from './given.ts';

const columns = {
  bundle: (b: Bundle) => `${b.place}/${b.groupId}/${b.name}`,
  point: (b: Bundle) => b.pointId,
  'data as of': (b: Bundle) => b.dataAsOf,
  plan: (b: Bundle) => (b.plan ? `${b.plan.name}, version ${b.plan.version}` : 'none'),
  made: (b: Bundle) => `${age(b.madeAt)} ago`,
  calls: (b: Bundle) => b.calls,
  'by hand': (b: Bundle) => b.byHand,
};

const verified = {
  holds: (v: Verified) => (v.faults.length === 0 ? 'yes' : 'NO'),
  group: (v: Verified) => v.manifest?.groupName ?? '',
  point: (v: Verified) => v.manifest?.point ?? '',
  'data as of': (v: Verified) => v.manifest?.dataAsOf ?? '',
  'signed by key': (v: Verified) => v.key ?? '',
};

/** `lifeboat bundle …` */
export function bundleCommands(program: Command): void {
  const bundle = program
    .command('bundle')
    .description('how a point is recovered without Lifeboat, written down and signed');

  bundle
    .command('export <groupId>')
    .description('write one down now')
    .requiredOption(
      '--to <place>',
      'a directory of the host of recovery-execution, or swift:CONTAINER at the recovery site',
    )
    .option('--point <pointId>', 'another point than the newest')
    .action(async (groupId: string, given: { to: string; point?: string }, command: Command) => {
      const { api, options } = contextOf(command);
      const made = await api.bundles.export(groupId, bundlePlace(given.to), given.point);
      print(made, columns, options);
      say(`Signed by the key ${made.key}: write that down elsewhere.`);
    });

  bundle
    .command('list <groupId>')
    .description('those that were made, newest first')
    .action(async (groupId: string, _o: unknown, command: Command) => {
      const { api, options } = contextOf(command);
      print(await api.bundles.list(groupId), columns, options);
    });

  bundle
    .command('verify <dir>')
    .description('whether the files in a folder are as they were written; asks no service. Exits 1 when they are not')
    .option('--key <file>', 'the public key that must have signed them; without it the one in the folder')
    .action((dir: string, given: { key?: string }, command: Command) => {
      const { options } = contextOf(command);
      const found = verifyBundle(filesIn(dir), given.key === undefined ? undefined : publicKeyIn(given.key));
      print(found, verified, options);
      for (const fault of found.faults) say(fault);
      if (found.faults.length > 0) process.exitCode = 1;
      else if (given.key === undefined)
        say('The key came with the files: compare it with what was written down elsewhere, or give --key.');
    });
}

function filesIn(dir: string): ReadonlyMap<string, Buffer> {
  try {
    const files = readdirSync(dir, { withFileTypes: true }).filter((entry) => entry.isFile());
    return new Map(files.map(({ name }) => [name, readFileSync(join(dir, name))]));
  } catch (thrown) {
    throw unreadable(dir, thrown);
  }
}
