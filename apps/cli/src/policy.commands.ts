import { Policy } from '@lifeboat/contracts';
import { invalidInput } from '@lifeboat/kernel';
import type { Command } from 'commander';
import { contextOf } from './context.ts';
import { print } from './output.ts';

const columns = {
  policy: (p: Policy) => p.name,
  'rpo (s)': (p: Policy) => p.rpoSeconds || 'when asked',
  'points kept': (p: Policy) => p.keepPoints,
  'metadata rpo (s)': (p: Policy) => p.metadataRpoSeconds ?? 'no limit',
  joining: (p: Policy) => p.joining ?? 'automatic',
  'server root': (p: Policy) => p.rules.serverRoot,
  drivers: (p: Policy) =>
    p.rules.drivers
      .map((r) => [r.volumeType ?? r.diskKind ?? 'any', [r.driver, r.named].filter(Boolean).join(':')].join('→'))
      .join(', ') || 'by preference',
};

interface PolicyOptions {
  readonly rpo: string;
  readonly keep: string;
  readonly metadataRpo?: string;
  readonly joining: string;
  readonly serverRoot: string;
  readonly driver: readonly string[];
}

/** `standard=cinder-backup` → by volume type; `server-root=…` → by kind; `image-transfer` → for all; `db=hook:shop-db` → which of its settings. */
export function driverRule(text: string): Policy['rules']['drivers'][number] {
  const [left, right] = text.split('=');
  const [driver, ...name] = (right ?? left ?? '').split(':');
  if (!left || !driver)
    throw invalidInput('driver-rule-empty', 'An empty driver rule.', {
      mend: 'Write DRIVER or VOLUME-TYPE=DRIVER or server-root=DRIVER, and DRIVER:NAME for one of its settings.',
    });
  const rule = { driver, ...(name.length > 0 && { named: name.join(':') }) };
  if (right === undefined) return rule;
  return left === 'server-root' || left === 'volume' ? { ...rule, diskKind: left } : { ...rule, volumeType: left };
}

/** `lifeboat policy …` */
export function policyCommands(program: Command): void {
  const policy = program.command('policy').description('how often, how many, by which driver');
  const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

  policy
    .command('set <name>')
    .description('create or change a policy')
    .option('--rpo <seconds>', 'a point this often; 0: only when asked', '0')
    .option('--keep <points>', 'sealed points kept', '3')
    .option('--metadata-rpo <seconds>', 'an alarm when metadata is older than this')
    .option('--joining <how>', 'automatic | on-approval: what a query finds later', 'automatic')
    .option('--server-root <mode>', 'snapshot | image', 'snapshot')
    .option(
      '--driver <rule>',
      'DRIVER, VOLUME-TYPE=DRIVER or server-root=DRIVER, with :NAME for one of its settings; repeatable',
      collect,
      [],
    )
    .action(async (name: string, given: PolicyOptions, command: Command) => {
      const { api, options } = contextOf(command);
      const input = Policy.safeParse({
        name,
        rpoSeconds: Number(given.rpo),
        keepPoints: Number(given.keep),
        ...(given.metadataRpo !== undefined && { metadataRpoSeconds: Number(given.metadataRpo) }),
        joining: given.joining,
        rules: { drivers: given.driver.map(driverRule), serverRoot: given.serverRoot },
      });
      if (!input.success)
        throw invalidInput(
          'policy-malformed',
          input.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; '),
        );
      print(await api.policies.put(input.data), columns, options);
    });

  policy
    .command('list')
    .description('all policies')
    .action(async (_o: unknown, command: Command) => {
      const { api, options } = contextOf(command);
      print(await api.policies.list(), columns, options);
    });
}
