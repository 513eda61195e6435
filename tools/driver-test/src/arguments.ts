import { invalidInput } from '@lifeboat/kernel';
import { Command, Option } from 'commander';

export interface Given {
  readonly driver?: string;
  readonly remote?: string;
  readonly start?: string;
  readonly nats?: string;
  readonly timeoutSeconds: number;
  readonly settings?: string;
  readonly clouds?: string;
  readonly source: string;
  readonly target: string;
  readonly sharedBackupStore: boolean;
  readonly writeCommand?: string;
  readonly directories?: readonly [source: string, target: string];
  readonly disk: 'volume' | 'server-root';
  readonly patienceSeconds: number;
  readonly only?: string;
  readonly json: boolean;
}

const HELP = `
On what it is tried: two simulated clouds that it starts (the default), two clouds of a clouds.yaml (--clouds), or two folders (--directories).
A process named by --start is killed and started again by the suite. It finds LIFEBOAT_NATS_URL in its environment and, unless --directories is given,
LIFEBOAT_CLOUDS_FILE, where the sites are "primary" and "recovery" (or those of --source and --target).

Ends with 0 when no case failed, 1 when one did, 64 when it was asked for what does not make sense, 69 when driver or clouds are not there.`;

/** Throws `invalid-input` for what does not go together, and commander's error for what it does not know. */
export function argumentsOf(argv: readonly string[]): Given {
  const program = new Command('lifeboat-driver-test')
    .description('Runs the conformance suite against a replication driver and prints its support card.')
    .option('--driver <name>', 'a built-in driver, or an npm package (name or path) that brings one')
    .option('--settings <file>', 'YAML: what stands under drivers.<name> of the drivers file')
    .option('--remote <name>', 'a driver that answers over NATS')
    .option('--start <command>', 'starts the process of a remote driver')
    .option('--nats <url>', 'where it answers; without it a nats-server is started')
    .option('--timeout-seconds <n>', 'how long one call of a remote driver may take', Number, 10)
    .option(
      '--clouds <file>',
      'clouds.yaml of two clouds; bytes are looked at through their images: slow, and needs no right but a member’s',
    )
    .option('--source <site>', 'its primary', 'primary')
    .option('--target <site>', 'its recovery site', 'recovery')
    .option(
      '--directories <folders...>',
      'two folders, of the primary and of the recovery site, with a file for each disk',
    )
    .option('--shared-backup-store', 'the Cinder backup services of both read one store', false)
    .option(
      '--write-command <command>',
      'changes bytes of the volume LIFEBOAT_TEST_VOLUME; without it Cinder is asked to fill it anew (os-reimage)',
    )
    .addOption(new Option('--disk <kind>', 'what is carried').choices(['volume', 'server-root']).default('volume'))
    .option('--patience-seconds <n>', 'a verb that is not done by then has failed', Number, 300)
    .option('--only <text>', 'cases whose names contain this')
    .option('--json', 'the card as JSON', false)
    .addHelpText('after', HELP)
    .exitOverride();
  const given = program.parse([...argv], { from: 'user' }).opts<Given>();
  const wrong = contradictionIn(given);
  if (wrong) throw invalidInput('arguments-malformed', wrong, { mend: 'See --help.' });
  return given;
}

function contradictionIn(given: Given): string | undefined {
  if ((given.driver === undefined) === (given.remote === undefined)) return 'Name one of --driver and --remote.';
  if (given.driver !== undefined && given.start !== undefined) return '--start goes with --remote.';
  if (given.remote !== undefined && given.start === undefined && given.nats === undefined)
    return 'A remote driver is started by --start, or answers at a --nats.';
  if (given.directories && given.directories.length !== 2) return '--directories takes two folders.';
  if (given.directories && given.clouds) return 'Name one of --clouds and --directories.';
  if (given.remote !== undefined && given.start === undefined && !given.clouds && !given.directories)
    return 'A process that runs already knows nothing of clouds that are started here: name its --clouds or --directories.';
  return undefined;
}
