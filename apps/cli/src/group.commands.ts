import { Mappings } from '@lifeboat/contracts';
import type { Group, GroupMetadata, Members } from '@lifeboat/contracts';
import type { LifeboatApi } from '@lifeboat/api-client';
import { asLifeboatError, invalidInput } from '@lifeboat/kernel';
import type { Command } from 'commander';
import { groupAwaits } from './approval-text.ts';
import { contextOf } from './context.ts';
import { leaseLines } from './lease-text.ts';
import { stagingText } from './staging-text.ts';
import { drillsOf } from './drill-schedule.ts';
import { formerPrimaryText, groupColumns as columns, pauseCommands, scheduleOf } from './group-schedule.ts';
import { entityOf, sayGaps, whenOf } from './metadata.commands.ts';
import { print, say } from './output.ts';
import { readinessCommand } from './readiness.command.ts';

interface MemberOptions {
  readonly member: readonly string[];
  readonly tag?: string;
  readonly metadata: readonly string[];
  readonly project: boolean;
  readonly stack?: string;
}

const ageOf = ({ ageSeconds, limitSeconds, exceeded }: GroupMetadata): string => {
  if (ageSeconds === undefined) return 'not looked at yet';
  const limit = limitSeconds === undefined ? '' : ` (limit ${limitSeconds} s${exceeded ? ', exceeded' : ''})`;
  return `${Math.round(ageSeconds)} s old${limit}`;
};

const shownColumns = {
  ...columns,
  schedule: (g: Group) => scheduleOf(g),
  drills: (g: Group) => drillsOf(g),
  staging: (g: Group) => stagingText(g),
  plan: (g: Group) => (g.plan ? `${g.plan.name}, version ${g.plan.version}: ${g.plan.why ?? g.plan.state}` : 'none'),
  metadata: (g: Group & { metadata?: GroupMetadata }) => (g.metadata ? ageOf(g.metadata) : 'unknown'),
};

interface PutOptions extends MemberOptions {
  readonly name?: string;
  readonly primary: string;
  readonly recovery: string;
  readonly policy: string;
  readonly map: readonly string[];
  readonly approval: boolean;
}

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

function membersOf(given: MemberOptions): Members {
  const ids = given.member.map((text) => {
    const [kind, id] = text.split(':');
    if (!kind || !id)
      throw invalidInput('member-malformed', `"${text}" is no member.`, {
        mend: 'Write KIND:ID, for example server:5f2c….',
      });
    return { kind, id };
  });
  const metadata = given.metadata.map(pairOf);
  if (ids.length === 0 && !given.tag && metadata.length === 0 && !given.project && !given.stack)
    throw invalidInput('group-empty', 'The group would hold nothing.', {
      mend: 'Name members with --member KIND:ID, --tag TAG, --metadata KEY=VALUE, --stack STACK or --project.',
    });
  return {
    ...(ids.length > 0 && { ids }),
    ...(given.tag && { tag: given.tag }),
    ...(metadata.length > 0 && { metadata: Object.fromEntries(metadata) }),
    ...(given.stack && { stack: given.stack }),
    ...(given.project && { project: true as const }),
  };
}

function pairOf(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw invalidInput('metadata-malformed', `"${text}" is no pair of metadata.`, { mend: 'Write KEY=VALUE.' });
}

const queryOptions = (command: Command): Command =>
  command
    .option('--member <kind:id>', 'a member; repeatable', collect, [])
    .option('--tag <tag>', 'servers and volumes bearing this tag')
    .option('--metadata <key=value>', 'servers and volumes bearing all these pairs; repeatable', collect, [])
    .option('--stack <stack>', 'servers and volumes that a Heat stack made, by its name or id')
    .option('--project', 'all servers and volumes of the project', false);

const MAPPED = Object.keys(Mappings.shape);
const MAPPING = new RegExp(`^(${MAPPED.join('|')}):(.+)=(.+)$`);

/** `flavor:m1.small=tiny` */
function mappingsOf(given: readonly string[]): Mappings {
  const mappings: Record<string, Record<string, string>> = {};
  for (const text of given) {
    const match = MAPPING.exec(text);
    if (!match?.[1] || !match[2] || !match[3])
      throw invalidInput('mapping-malformed', `"${text}" is no mapping.`, {
        mend: `Write WHAT:FROM=TO with WHAT one of ${MAPPED.join(', ')}.`,
      });
    (mappings[match[1]] ??= {})[match[2]] = match[3];
  }
  return mappings;
}

/** `lifeboat group …` */
export function groupCommands(program: Command): void {
  const group = program.command('group').description('what is protected together');
  setGroup(group);

  group
    .command('list')
    .description('all groups')
    .action(async (_o: unknown, command: Command) => {
      const { api, options } = contextOf(command);
      print(await api.groups.list(), columns, options);
    });

  showGroup(group);
  memberCommands(group);
  previewGroup(group);
  aftershocks(group);
  pauseCommands(group);
  readinessCommand(group);

  group
    .command('remove <groupId>')
    .description('end the protection; its points are discarded')
    .action(async (groupId: string, _o: unknown, command: Command) => {
      await contextOf(command).api.groups.remove(groupId);
      say(`Group ${groupId} is protected no more; its points are being discarded.`);
    });
}

function setGroup(group: Command): void {
  queryOptions(group.command('set <groupId>'))
    .description('create or change a protection group')
    .requiredOption('--primary <site>', 'where it runs')
    .requiredOption('--recovery <site>', 'where it is recovered')
    .requiredOption('--policy <policy>', 'how it is protected')
    .option('--name <name>', 'for people')
    .option('--map <what:from=to>', 'a mapping; repeatable', collect, [])
    .option('--no-approval', 'its runs that had to be approved need not be by its other policy')
    .action(async (groupId: string, given: PutOptions, command: Command) => {
      const { api, options } = contextOf(command);
      const said = given.approval ? {} : { endsApproval: true as const };
      const asked = {
        groupId,
        name: given.name ?? groupId,
        primary: given.primary,
        recovery: given.recovery,
        policy: given.policy,
        members: membersOf(given),
        mappings: mappingsOf(given.map),
      };
      print(await api.groups.put(asked, said), columns, options);
    });
}

function previewGroup(group: Command): void {
  queryOptions(group.command('preview <site>'))
    .description('what a group would hold now, and what of the project stays unprotected; nothing is stored')
    .action(async (site: string, given: MemberOptions, command: Command) => {
      const { api, options } = contextOf(command);
      const preview = await api.groups.preview(site, membersOf(given));
      if (options.json) return print(preview, {}, options);
      print(
        preview.entities,
        { kind: (e) => e.kind, name: (e) => e.name, id: (e) => e.id, named: (e) => (e.root ? 'yes' : '') },
        options,
      );
      for (const f of [...preview.report.missing, ...preview.report.unseen, ...preview.report.notCarried])
        say(`note: ${f.where}: ${f.message}`);
      for (const e of preview.unprotected) say(`not protected: ${e.kind} ${e.name} (${e.id})`);
    });
}

/** A group is shown also when nobody says how old its metadata is. */
async function metadataOf(api: LifeboatApi, groupId: string): Promise<GroupMetadata | undefined> {
  try {
    return await api.metadata.ofGroup(groupId);
  } catch (thrown) {
    say(`metadata: ${asLifeboatError(thrown).message}`);
    return undefined;
  }
}

function showGroup(group: Command): void {
  group
    .command('show <groupId>')
    .description('one group, how old its metadata is, and what of its project no group protects')
    .action(async (groupId: string, _o: unknown, command: Command) => {
      const { api, options } = contextOf(command);
      const shown = await api.groups.get(groupId);
      const metadata = await metadataOf(api, groupId);
      print({ ...shown, ...(metadata && { metadata }) }, shownColumns, options);
      for (const line of groupAwaits(shown)) say(line);
      if (shown.lease) for (const line of leaseLines(shown.lease)) say(line);
      if (shown.formerPrimary) say(formerPrimaryText(shown.formerPrimary));
      if (shown.schedule?.atRisk) say(`RPO at risk: ${shown.schedule.atRisk}`);
      if (!metadata || options.json) return;
      if (metadata.gap) say(`nobody has looked at ${metadata.site} since ${metadata.gap.from}: ${metadata.gap.why}`);
      for (const e of metadata.members.filter((member) => member.kept))
        say(`kept, though it matches no more: ${e.kind} ${e.name} (${e.id})`);
      for (const e of metadata.members.filter((member) => member.waiting))
        say(`waits to be let in: ${e.kind} ${e.name}: "lifeboat group admit ${groupId} ${e.kind}:${e.id}"`);
      if (metadata.unprotected.length > 0)
        say(`${metadata.unprotected.length} not protected: "lifeboat group unprotected ${groupId}" lists them`);
    });
}

function aftershocks(group: Command): void {
  group
    .command('aftershocks <groupId>')
    .description(
      'what somebody will meet after a recovery, server by server: in the guest, and what can not be carried',
    )
    .option('--at <when>', 'a time, an age (10m), or the id of a recovery point', 'now')
    .action(async (groupId: string, given: { at: string }, command: Command) => {
      const { api, options } = contextOf(command);
      const report = await api.metadata.aftershocks(groupId, whenOf(given.at));
      if (options.json) return print(report, {}, options);
      print(
        report.aftershocks,
        {
          what: (a) => `${a.kind} ${a.name || a.id}`,
          about: (a) => a.about,
          code: (a) => a.code,
          message: (a) => a.message,
          'what to do': (a) => a.mend ?? '',
        },
        options,
      );
      if (report.gap) sayGaps([report.gap]);
    });
}

function memberCommands(group: Command): void {
  group
    .command('unprotected <groupId>')
    .description("servers and volumes of the group's project that no group holds")
    .action(async (groupId: string, _o: unknown, command: Command) => {
      const { api, options } = contextOf(command);
      const { unprotected } = await api.metadata.ofGroup(groupId);
      print(unprotected, { kind: (e) => e.kind, name: (e) => e.name, id: (e) => e.id }, options);
    });

  group
    .command('members <groupId>')
    .description("what the group's query has found")
    .action(async (groupId: string, _o: unknown, command: Command) => {
      const { api, options } = contextOf(command);
      const { members } = await api.metadata.ofGroup(groupId);
      print(
        members,
        {
          kind: (e) => e.kind,
          name: (e) => e.name,
          id: (e) => e.id,
          since: (e) => e.since,
          state: (e) => (e.waiting ? 'waits to be let in' : e.kept ? 'kept, matches no more' : 'member'),
        },
        options,
      );
    });

  group
    .command('admit <groupId> <kind:id>')
    .description("let in what the group's query found and its policy keeps waiting")
    .action(async (groupId: string, text: string, _o: unknown, command: Command) => {
      const { kind, id } = entityOf(text);
      await contextOf(command).api.metadata.admit(groupId, kind, id);
      say(`${text} is protected by group ${groupId} from its next recovery point on.`);
    });

  group
    .command('release <groupId> <kind:id>')
    .description("let go of a member that matches the group's query no more")
    .action(async (groupId: string, text: string, _o: unknown, command: Command) => {
      const { kind, id } = entityOf(text);
      await contextOf(command).api.metadata.release(groupId, kind, id);
      say(`${text} is protected no more by group ${groupId}.`);
    });
}
