import { Command } from 'commander';
import { adoptCommand } from './adopt/adopt.command.ts';
import { bundleCommands } from './bundle/bundle.commands.ts';
import { DEFAULT_GATEWAY } from './context.ts';
import { dataCommands } from './data.commands.ts';
import { deadLetterCommands } from './dead-letter.commands.ts';
import { driverCommands } from './driver.commands.ts';
import { evidenceCommands } from './evidence.commands.ts';
import { groupCommands } from './group.commands.ts';
import { lagCommands } from './lag.commands.ts';
import { metadataCommands } from './metadata.commands.ts';
import { planCommands } from './plan.commands.ts';
import { pointCommands } from './point.commands.ts';
import { policyCommands } from './policy.commands.ts';
import { runCommands } from './run.commands.ts';
import { siteCommands } from './site.commands.ts';
import { wayHomeCommands } from './way-home.commands.ts';

/** The command line `lifeboat NOUN VERB`. */
export function buildProgram(): Command {
  const program = new Command('lifeboat')
    .description('Disaster recovery for OpenStack: protect a workload, lose its cloud, run it in the other one.')
    .option('--json', 'one JSON value on stdout instead of tables', false)
    .option('--gateway <url>', 'address of the gateway', process.env['LIFEBOAT_GATEWAY_URL'] ?? DEFAULT_GATEWAY)
    .showHelpAfterError()
    .exitOverride();
  siteCommands(program);
  policyCommands(program);
  groupCommands(program);
  planCommands(program);
  pointCommands(program);
  dataCommands(program);
  wayHomeCommands(runCommands(program));
  bundleCommands(program);
  adoptCommand(program);
  evidenceCommands(program);
  driverCommands(program);
  metadataCommands(program);
  lagCommands(program);
  deadLetterCommands(program);
  return program;
}
