import type { BundleSource } from '@lifeboat/contracts';
import type { AftershockOf } from '@lifeboat/openstack-entity-api';
import type { Script, ScriptWave, Standing } from '../compile/script.ts';
import { givenName } from './hot/template.ts';

export interface RunbookOf {
  readonly input: Omit<BundleSource, 'images'>;
  readonly script: Script;
  /** What Heat cannot be told. */
  readonly unsaid: readonly string[];
  /** What is met in the guests, or has to be expected, though all went well. */
  readonly later: readonly AftershockOf[];
  readonly madeAt: string;
  readonly fingerprint: string;
}

/** For a tired person at night who may never have heard of Lifeboat. Pure. */
export const runbook = (of: RunbookOf): string =>
  [title, before, start, made, byHand, whenItStops, afterwards, undo, heat, notCarried, secrets]
    .map((part) => part(of).trim())
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');

/** What of a plan nobody calls now. */
const told = (what: string, things: readonly object[] = []): string =>
  things.length === 0 ? '' : ` ${what}: ${things.map((thing) => `\`${JSON.stringify(thing)}\``).join(', ')}.`;

const list = (items: readonly string[]): string => items.map((item) => `- ${item}`).join('\n');
const numbered = (items: readonly string[]): string => items.map((item, i) => `${i + 1}. ${item}`).join('\n');

const title = ({ input, script, madeAt }: RunbookOf): string => `
# Recover "${input.groupName}" at ${input.target}, without Lifeboat

These files bring the workload "${input.groupName}" (group \`${input.groupId}\`), which ran at ${input.source}, up at ${input.target}. They need nothing but OpenStack's API at
${input.target}, and Python 3 on the machine that you sit at.

| | |
| --- | --- |
| **data as of** | **${input.requestedAt}**: what was written later is not in it |
| consistency | ${input.consistency.level} |
| recovery point | \`${input.pointId}\` |
| plan | ${input.plan ? `${input.plan.name}, version ${input.plan.version}` : 'none: all servers are started at once'} |
| project at ${input.target} | \`${script.projectId}\`: use credentials of this project |
| written down at | ${madeAt} |

A newer folder beside this one has newer data: use the newest that verifies.`;

const before = ({ input, fingerprint }: RunbookOf): string => `
## Before you start

1. **Is ${input.source} really lost?** If its servers still run, two sides will serve and both will write. Stop them there, or cut them off.${told('The plan cuts it off by', input.fence)}
2. **Is Lifeboat really gone?** If it answers, let it do this: \`lifeboat run failover ${input.groupId} --confirm-primary-lost\`.
3. **Are these files what was written?** In this folder:

   \`\`\`sh
   openssl pkeyutl -verify -pubin -inkey manifest.pub -rawin -in manifest.json -sigfile manifest.sig
   openssl pkey -pubin -in manifest.pub -outform DER | sha256sum
   \`\`\`

   The first must say "Signature Verified Successfully". The second must begin with \`${fingerprint.slice(0, 16)}\`, as it was written down elsewhere when Lifeboat was set up: the key in
   this folder proves nothing by itself. (OpenSSL 3 or newer. \`lifeboat bundle verify .\` does both, and needs no service.) \`recover.py\` compares all other files with the manifest by itself.`;

const start = ({ input }: RunbookOf): string => `
## Start it

\`\`\`sh
export OS_CLIENT_CONFIG_FILE=/path/to/clouds.yaml   # or source an openrc file, and leave --cloud out
python3 recover.py --dry-run                        # shows every call; makes nothing
python3 recover.py --cloud ${input.target}
\`\`\`

It says what it does, and takes minutes. **If it stops, or is killed, start the same command again**: it goes on where it was. It keeps a journal in \`journal.jsonl\` beside it:
never run it on two machines, and do not lose the journal. (Lost all the same: start it again. It finds what it made by marks and makes the rest; server groups it makes anew.)`;

function made({ script }: RunbookOf): string {
  const waves = script.waves.map((wave) => waveText(wave, script)).join('\n\n');
  return `## What will be made, and in which order\n\n${script.calls.length} calls.\n\n${waves}${mappedText(script.stands)}`;
}

const labelOf = ({ kind, name, id }: Pick<Standing, 'kind' | 'name' | 'id'>): string => `${kind} ${name || id}`;

function waveText({ name, from, to, before: hooks, probes, after, prompt }: ScriptWave, { calls }: Script): string {
  const makes = calls.filter(({ n, makes: makesIt }) => makesIt && n >= from && n <= to);
  const byKind = Object.entries(Object.groupBy(makes, ({ of }) => of.kind));
  const lines = byKind.map(([kind, all = []]) => {
    const names = all.map(({ what }) => what.slice(kind.length + 1)).filter((one) => !/^[0-9a-f-]{36}$/.test(one));
    return `${all.length} × ${kind}${names.length > 0 ? `: ${names.join(', ')}` : ''}`;
  });
  const byHandToo = (what: string, things: readonly object[]): string[] =>
    things.map((thing) => `**${what}, by hand:** \`${JSON.stringify(thing)}\``);
  const rest = [
    ...byHandToo('hook before', hooks),
    ...lines,
    ...byHandToo('probe', probes),
    ...byHandToo('hook after', after),
    ...(prompt === undefined ? [] : [`**then it asks you:** ${prompt} (\`--yes\` answers yes)`]),
  ];
  return `**${name}** (calls ${from} to ${to})\n\n${list(rest)}`;
}

function mappedText(stands: readonly Standing[]): string {
  const mapped = stands.filter(({ how }) => how.startsWith('mapped'));
  if (mapped.length === 0) return '';
  const lines = mapped.map((one) => `${labelOf(one)} → \`${one.target ?? ''}\` (${one.how.slice('mapped: '.length)})`);
  return `\n\n**Used as it stands there:**\n\n${list(lines)}`;
}

function byHand({ script }: RunbookOf): string {
  if (script.byHand.length === 0) return '';
  const parts = script.byHand.map(({ about, steps, given }) => {
    const last = given === undefined ? [] : [`Then tell the script: \`--given ${given}=ID-OF-THE-VOLUME\`.`];
    return `**${about}**\n\n${numbered([...steps, ...last])}`;
  });
  return `## What you do by hand\n\n${parts.join('\n\n')}`;
}

const whenItStops = (): string => `
## When it stops

| exit code | meaning | do |
| --- | --- | --- |
| 0 | done | see "Afterwards" |
| 1 | the cloud refused a call, or something did not become ready | mend what it says, start it again |
| 3 | it waits for you: a prompt of the plan, or a volume that is made by hand | \`--yes\`, or \`--given\` |
| 4 | no credentials, no connection, or another project | correct \`--cloud\`, or the OS_ variables |
| 5 | a file is not as it was written | use another folder; if you edited \`calls.json\` on purpose: \`--edited\` |
| 6 | it is running already | wait, or look where |

A server in ERROR: delete it (\`openstack server delete ID\`) and start the script twice more: the first time it sees that it has gone, the second time it makes it again.
A name that is not there any more (a flavor, a network): make it, or edit \`calls.json\` and give \`--edited\`.`;

function afterwards({ later, input }: RunbookOf): string {
  const steps = [
    'Look whether it serves: consoles, health pages, the application itself.',
    `Point DNS at the new floating IPs: \`openstack floating ip list\`. Their addresses are others than before.${told('By the plan this leads to the group', input.traffic)}`,
    'Tell whoever lists addresses: firewalls, monitoring, partners.',
    'Keep this folder with its journal. When Lifeboat is back, protect what runs here as a group of its own; it knows nothing of this recovery.',
  ];
  const met = later.map(
    ({ kind, name, message, mend }) => `${kind} ${name}: ${message}${mend === undefined ? '' : ` ${mend}`}`,
  );
  return `## Afterwards\n\n${numbered(steps)}${met.length > 0 ? `\n\nWhat may be met in the guests:\n\n${list(met)}` : ''}`;
}

const undo = ({ input }: RunbookOf): string => `
## Undo it

\`\`\`sh
python3 recover.py --cloud ${input.target} --undo
\`\`\`

It removes what the journal says was made, and nothing else; what the servers wrote meanwhile is lost. The replicas are untouched: it can be recovered again afterwards.`;

function heat({ unsaid, script, input }: RunbookOf): string {
  const given = script.byHand.flatMap(({ given: disk }) =>
    disk === undefined ? [] : [` --parameter ${givenName(disk)}=ID`],
  );
  const cannot = unsaid.length === 0 ? '' : `\n\nHeat cannot be told:\n\n${list(unsaid)}`;
  return `
## With Heat instead

\`\`\`sh
openstack stack create --template template.yaml${given.join('')} ${input.groupId}
\`\`\`

The same workload, for those who prefer a stack. Not both. DHCP is on from the start then, and may take an address that a port wants: if a port is refused, delete the stack and use the
script. A server that boots from a volume which is not bootable is refused by Nova.${cannot}`;
}

function notCarried({ script }: RunbookOf): string {
  const left = script.stands.filter(({ how }) => how.startsWith('left out: '));
  if (left.length === 0) return '';
  return `## What is not carried\n\n${list(left.map((one) => `${labelOf(one)}: ${one.how.slice('left out: '.length)}`))}`;
}

const secrets = ({ input }: RunbookOf): string => `
## Secrets

${
  input.withoutUserData
    ? 'There are none in this folder. The user data of servers was left out by the policy: they start without it.'
    : '**The user data of servers is in `calls.json` and `template.yaml`, and may hold secrets.** The files are for their owner alone; treat copies so. A policy can leave it out.'
} No passwords, no private keys, no payloads of Barbican are in it.`;
