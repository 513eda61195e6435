import type { AdoptFrom, AdoptionPreview } from '@lifeboat/contracts';
import type { LifeboatApi } from '@lifeboat/api-client';
import { newId } from '@lifeboat/kernel';
import type { Command } from 'commander';
import { bundlePlace, publicKeyIn } from '../bundle/given.ts';
import { contextOf } from '../context.ts';
import { print, say } from '../output.ts';
import type { OutputOptions } from '../output.ts';
import { finish } from '../run.commands.ts';
import { adoptText, isAdoptable, isRefused } from './adopt-text.ts';

interface Given {
  readonly from: string;
  readonly site?: string;
  readonly group?: string;
  readonly bundle?: string;
  readonly verifyKey?: string;
  readonly yes: boolean;
  readonly reason: string;
}

/** `lifeboat adopt` */
export function adoptCommand(program: Command): void {
  program
    .command('adopt')
    .description(
      'rebuild homes from their bundles, after the instance that kept them was lost; without --yes it says what it would do',
    )
    .requiredOption(
      '--from <place>',
      'where the bundles stand: a directory of the host of recovery-execution, or swift:CONTAINER',
    )
    .option('--site <name>', 'whose object store it is, of a container')
    .option('--group <groupId>', 'this group alone')
    .option('--bundle <name>', 'this bundle of the group, in place of its newest')
    .option('--verify-key <file>', 'the public key that must have signed them')
    .option('--yes', 'do it', false)
    .option('--reason <text>', 'for the record', 'asked for by the CLI')
    .action(async (given: Given, command: Command) => {
      const { api, options } = contextOf(command);
      const groups = await api.adoptions.preview(fromOf(given), given.group);
      if (!given.yes) return preview(groups, given, options);
      for (const group of groups) await adopt(api, group, given, options);
      if (groups.some((one) => isRefused(one) || (given.group !== undefined && !isAdoptable(one))))
        process.exitCode = 1;
    });
}

const fromOf = ({ from, site, bundle, verifyKey }: Given): AdoptFrom => ({
  place: bundlePlace(from),
  ...(site !== undefined && { site }),
  ...(bundle !== undefined && { name: bundle }),
  ...(verifyKey !== undefined && { key: publicKeyIn(verifyKey) }),
});

function preview(groups: readonly AdoptionPreview[], { verifyKey }: Given, options: OutputOptions): void {
  if (options.json) print([...groups], {}, options);
  else for (const line of groups.flatMap(adoptText)) process.stdout.write(`${line}\n`);
  if (verifyKey === undefined)
    say('The keys came with the bundles: compare them with what was written down elsewhere, or give --verify-key.');
  say(groups.some(isAdoptable) ? 'Nothing was done: say it again with --yes.' : 'There is nothing to adopt.');
  if (groups.some(isRefused)) process.exitCode = 1;
}

async function adopt(api: LifeboatApi, group: AdoptionPreview, given: Given, options: OutputOptions): Promise<void> {
  for (const line of adoptText(group)) say(line);
  if (!isAdoptable(group)) return;
  const { groupId, found } = group;
  // What was shown, and no other.
  const from = { ...fromOf(given), name: found.bundle.name };
  const { runId } = await api.adoptions.request(newId(), groupId, from, given.reason);
  say(`trace ${api.traceId}`);
  await finish(api, runId, true, options);
}
