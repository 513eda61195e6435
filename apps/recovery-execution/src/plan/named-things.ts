import type { Fence, Finding, Hook, PlanWave, Probe } from '@lifeboat/contracts';
import type { PlansFile } from './plans-file.ts';

/** What a plan names of the plans file, and is not there. Found before a run, so that no wave meets it. Pure. */
export const namelessBlockers = (waves: readonly PlanWave[], file: PlansFile): readonly Finding[] =>
  waves.flatMap(({ before = [], probes = [], after = [] }, i) => [
    ...before.flatMap((hook, j) => hookBlockers(hook, `plan, spec.waves[${i}].before[${j}]`, file)),
    ...probes.flatMap((probe, j) => ofProbe(probe, `plan, spec.waves[${i}].probes[${j}]`, file)),
    ...after.flatMap((hook, j) => hookBlockers(hook, `plan, spec.waves[${i}].after[${j}]`, file)),
  ]);

export const fenceBlockers = (fence: readonly Fence[], file: PlansFile): readonly Finding[] =>
  fence.flatMap((one, i) => hookBlockers(one, `plan, spec.fence[${i}]`, file));

export function hookBlockers({ command, webhook }: Hook, where: string, file: PlansFile): readonly Finding[] {
  if (command !== undefined) return missingFromFile(file.commands, command, 'command', where);
  if (!webhook) return [];
  const { url, signedBy } = webhook;
  const led = file.webhooks === undefined || file.webhooks.some((start) => leadsTo(url, start));
  return [
    ...(signedBy === undefined ? [] : missingFromFile(file.secrets, signedBy, 'secret', `${where}.webhook`)),
    ...(led
      ? []
      : [
          {
            code: 'plan-webhook-forbidden',
            where: `${where}.webhook`,
            message: `${new URL(url).origin} is none of the addresses that webhooks may lead to.`,
            mend: 'Call one of those, or add it to "webhooks" in the file that LIFEBOAT_PLANS_FILE names.',
          },
        ]),
  ];
}

const ofProbe = ({ command, sql }: Probe, where: string, file: PlansFile): readonly Finding[] => [
  ...(command === undefined ? [] : missingFromFile(file.commands, command, 'command', where)),
  ...(sql ? missingFromFile(file.databases, sql.named, 'database', `${where}.sql`) : []),
];

/** By its parts, not by its text: `https://hooks.example` leads to no `https://hooks.example.evil`. */
export function leadsTo(url: string, start: string): boolean {
  const [to, from] = [new URL(url), new URL(start)];
  return to.origin === from.origin && to.pathname.startsWith(from.pathname);
}

const SECTIONS = { command: 'commands', database: 'databases', secret: 'secrets', 'DNS server': 'dnsServers' } as const;

export function missingFromFile(
  known: Readonly<Record<string, unknown>>,
  name: string,
  what: keyof typeof SECTIONS,
  where: string,
): readonly Finding[] {
  if (Object.hasOwn(known, name)) return [];
  return [
    {
      code: `plan-${what.toLowerCase().replace(' ', '-')}-unknown`,
      where,
      message: `there is no ${what} "${name}"; there are: ${Object.keys(known).join(', ') || 'none'}.`,
      mend: `Add it to "${SECTIONS[what]}" in the file that LIFEBOAT_PLANS_FILE names at recovery-execution, and restart that.`,
    },
  ];
}
