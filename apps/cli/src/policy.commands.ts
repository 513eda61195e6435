import { Policy } from '@lifeboat/contracts';
import type { PolicyView } from '@lifeboat/contracts';
import { invalidInput } from '@lifeboat/kernel';
import type { Command } from 'commander';
import { approvalOf, approvalText } from './approval-input.ts';
import type { ApprovalOptions } from './approval-input.ts';
import { callerName } from './caller.ts';
import { contextOf } from './context.ts';
import { drillScheduleOf, drillScheduleText } from './drill-schedule.ts';
import type { DrillOptions } from './drill-schedule.ts';
import { commitWindowOf, windowText } from './hold-input.ts';
import { age, print } from './output.ts';
import { bandwidth, bandwidthText, driverRule, driverRuleText } from './policy-input.ts';
import { quiesceOf, quiesceText } from './quiesce-text.ts';
import type { QuiesceOptions } from './quiesce-text.ts';

function keptOf({ keepPoints, keep }: Policy): string {
  const { last, ...spans } = keep ?? { last: keepPoints };
  return [`last ${last}`, ...Object.entries(spans).map(([span, count]) => `${count} ${span}`)].join(', ');
}

const columns = {
  policy: (p: Policy) => p.name,
  'rpo (s)': (p: Policy) => p.rpoSeconds || 'when asked',
  'points kept': (p: Policy) => keptOf(p),
  consistency: (p: Policy) => p.consistency ?? 'as it comes',
  quiesce: (p: Policy) => (p.rules.quiesce ? quiesceText(p.rules.quiesce) : 'no hook'),
  bandwidth: (p: Policy) => (p.bandwidth ?? []).map(bandwidthText).join('; ') || 'no limit',
  'metadata rpo (s)': (p: Policy) => p.metadataRpoSeconds ?? 'no limit',
  'rto (s)': (p: Policy) => p.rtoSeconds ?? 'no limit',
  joining: (p: Policy) => p.joining ?? 'automatic',
  'commit window': (p: Policy) => (p.commitWindow ? windowText(p.commitWindow) : 'none'),
  'to be approved': (p: Policy) => (p.approval ? approvalText(p.approval) : 'none'),
  drills: (p: Policy) => (p.drills ? drillScheduleText(p.drills) : 'when asked'),
  bundles: (p: Policy) => (p.bundle?.never ? 'none' : (p.bundle?.to ?? 'by settings')),
  staging: (p: Policy) => p.staging ?? 'cold',
  'server root': (p: Policy) => p.rules.serverRoot,
  drivers: (p: Policy) => p.rules.drivers.map(driverRuleText).join(', ') || 'by preference',
};

interface PolicyOptions extends DrillOptions, ApprovalOptions, QuiesceOptions {
  readonly approval: boolean;
  readonly by: string;
  readonly rpo: string;
  readonly keep: string;
  readonly keepHourly?: string;
  readonly keepDaily?: string;
  readonly keepWeekly?: string;
  readonly consistency?: string;
  readonly bandwidth: readonly string[];
  readonly metadataRpo?: string;
  readonly rto?: string;
  readonly joining: string;
  readonly commitWindow?: string;
  readonly whenOver: string;
  readonly bundleTo?: string;
  readonly bundleKeep?: string;
  readonly bundleWithoutUserData?: true;
  readonly bundles: boolean;
  readonly staging?: string;
  readonly serverRoot: string;
  readonly driver: readonly string[];
}

/** Without any of the spans `keepPoints` says it all. */
function retention({ keep, keepHourly, keepDaily, keepWeekly }: PolicyOptions): { readonly keep?: unknown } {
  const spans = Object.entries({ hourly: keepHourly, daily: keepDaily, weekly: keepWeekly }).filter(
    ([, count]) => count !== undefined,
  );
  if (spans.length === 0) return {};
  return { keep: { last: Number(keep), ...Object.fromEntries(spans.map(([span, count]) => [span, Number(count)])) } };
}

/** In place of the service's settings. */
function bundleOf({ bundleTo: to, bundleKeep: keep, bundleWithoutUserData, bundles }: PolicyOptions): object {
  const bundle = {
    ...(to !== undefined && { to }),
    ...(keep !== undefined && { keep: Number(keep) }),
    ...(bundleWithoutUserData && { withoutUserData: true }),
    ...(!bundles && { never: true }),
  };
  return Object.keys(bundle).length > 0 ? { bundle } : {};
}

function policyOf(name: string, given: PolicyOptions): Policy {
  const input = Policy.safeParse({
    name,
    rpoSeconds: Number(given.rpo),
    keepPoints: Number(given.keep),
    ...retention(given),
    ...(given.consistency !== undefined && { consistency: given.consistency }),
    ...(given.bandwidth.length > 0 && { bandwidth: given.bandwidth.map(bandwidth) }),
    ...(given.metadataRpo !== undefined && { metadataRpoSeconds: Number(given.metadataRpo) }),
    ...(given.rto !== undefined && { rtoSeconds: Number(given.rto) }),
    joining: given.joining,
    ...commitWindowOf(given),
    ...approvalOf(given),
    ...drillScheduleOf(given),
    ...bundleOf(given),
    ...(given.staging !== undefined && { staging: given.staging }),
    rules: { drivers: given.driver.map(driverRule), serverRoot: given.serverRoot, ...quiesceOf(given) },
  });
  if (!input.success)
    throw invalidInput(
      'policy-malformed',
      input.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; '),
    );
  return input.data;
}

const setText = ({ setBy, setAt }: PolicyView): string =>
  setAt === undefined ? 'not known' : `${age(setAt)} ago by ${setBy ?? 'somebody'}`;

/** `lifeboat policy …` */
export function policyCommands(program: Command): void {
  const policy = program.command('policy').description('how often, how many, by which driver');
  setPolicy(policy);

  policy
    .command('list')
    .description('all policies')
    .action(async (_o: unknown, command: Command) => {
      const { api, options } = contextOf(command);
      print(await api.policies.list(), { ...columns, set: setText }, options);
    });
}

function setPolicy(policy: Command): void {
  const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];
  policy
    .command('set <name>')
    .description('create or change a policy')
    .option('--rpo <seconds>', 'a point this often; 0: only when asked', '0')
    .option('--keep <points>', 'sealed points kept', '3')
    .option('--keep-hourly <hours>', 'beside the last: the newest of each of so many hours')
    .option('--keep-daily <days>', 'and of so many days')
    .option('--keep-weekly <weeks>', 'and of so many weeks')
    .option('--consistency <level>', 'crash-per-disk | crash-across-group | quiesced | application: less is said')
    .option('--quiesce <hook>', 'hold an application still while snapshots are taken, by a hook of the drivers file')
    .option('--quiesce-at-most <seconds>', 'for no longer', '30')
    .option('--quiesce-required', 'no point is made without; else one is, and says so')
    .option('--bandwidth <rule>', 'RATE [DAYS] [FROM-TO] [ZONE]; repeatable, the first that fits counts', collect, [])
    .option('--metadata-rpo <seconds>', 'an alarm when metadata is older than this')
    .option('--rto <seconds>', 'a failover should take no longer; said when it will')
    .option('--joining <how>', 'automatic | on-approval: what a query finds later', 'automatic')
    .option('--commit-window <time>', 'a failover is looked at so long before it is committed: 30m')
    .option('--when-over <what>', 'commit | roll-back: when nobody said anything by then', 'roll-back')
    .option('--approve <kinds>', 'runs that somebody else has to approve before they begin: failover,failback')
    .option('--approve-within <time>', 'so long; then they lapse', '1h')
    .option('--no-approval', 'runs that had to be approved need not be any more')
    .option('--by <name>', 'who sets it, for the record', callerName())
    .option('--drill-every <time>', 'rehearse its groups by themselves: 7d')
    .option('--drill-within <times>', '[DAYS] [FROM-TO] [ZONE]: such drills begin at no other time')
    .option('--drill-keep <time>', 'what a drill brought up stands so long: 30m')
    .option('--bundle-to <place>', 'where bundles are written after each point: a directory, or swift:CONTAINER')
    .option('--bundle-keep <number>', 'so many of each group stay there')
    .option('--bundle-without-user-data', 'servers are recovered without it then')
    .option('--no-bundles', 'none is made by itself')
    .option(
      '--staging <how>',
      'cold | warm: networks, ports, floating IPs and the like stand at the recovery site before',
    )
    .option('--server-root <mode>', 'snapshot | image', 'snapshot')
    .option(
      '--driver <rule>',
      'DRIVER, VOLUME-TYPE=DRIVER, tag:KEY[=VALUE]=DRIVER or server-root=DRIVER, with :NAME for one of its settings; repeatable',
      collect,
      [],
    )
    .action(async (name: string, given: PolicyOptions, command: Command) => {
      const { api, options } = contextOf(command);
      const said = { by: given.by, ...(!given.approval && { endsApproval: true as const }) };
      print(await api.policies.put(policyOf(name, given), said), columns, options);
    });
}
