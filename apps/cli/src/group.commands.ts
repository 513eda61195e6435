import type { Group, Mappings, Members } from '@lifeboat/contracts';
import { invalidInput } from '@lifeboat/kernel';
import type { Command } from 'commander';
import { contextOf } from './context.ts';
import { age, print, say } from './output.ts';

const columns = {
  group: (g: Group) => g.groupId,
  name: (g: Group) => g.name,
  primary: (g: Group) => g.primary,
  recovery: (g: Group) => g.recovery,
  policy: (g: Group) => g.policy,
  state: (g: Group) => (g.heldBy ? `${g.state} (held by ${g.heldBy})` : g.state),
  'last point': (g: Group) => (g.lastPoint ? `${g.lastPoint.pointId}, ${age(g.lastPoint.requestedAt)} old` : 'none'),
};

interface MemberOptions {
  readonly member: readonly string[];
  readonly tag?: string;
}

interface PutOptions extends MemberOptions {
  readonly name?: string;
  readonly primary: string;
  readonly recovery: string;
  readonly policy: string;
  readonly map: readonly string[];
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
  if (ids.length === 0 && !given.tag)
    throw invalidInput('group-empty', 'The group would hold nothing.', {
      mend: 'Name members with --member KIND:ID or --tag TAG.',
    });
  return { ...(ids.length > 0 && { ids }), ...(given.tag && { tag: given.tag }) };
}

/** `flavor:m1.small=tiny` */
function mappingsOf(given: readonly string[]): Mappings {
  const mappings: Record<string, Record<string, string>> = {};
  for (const text of given) {
    const match = /^(flavor|network|volumeType|availabilityZone|keypair):(.+)=(.+)$/.exec(text);
    if (!match?.[1] || !match[2] || !match[3])
      throw invalidInput('mapping-malformed', `"${text}" is no mapping.`, {
        mend: 'Write WHAT:FROM=TO with WHAT one of flavor, network, volumeType, availabilityZone, keypair.',
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

  group
    .command('show <groupId>')
    .description('one group')
    .action(async (groupId: string, _o: unknown, command: Command) => {
      const { api, options } = contextOf(command);
      print(await api.groups.get(groupId), columns, options);
    });

  previewGroup(group);

  group
    .command('remove <groupId>')
    .description('end the protection; its points are discarded')
    .action(async (groupId: string, _o: unknown, command: Command) => {
      await contextOf(command).api.groups.remove(groupId);
      say(`Group ${groupId} is protected no more; its points are being discarded.`);
    });
}

function setGroup(group: Command): void {
  group
    .command('set <groupId>')
    .description('create or change a protection group')
    .requiredOption('--primary <site>', 'where it runs')
    .requiredOption('--recovery <site>', 'where it is recovered')
    .requiredOption('--policy <policy>', 'how it is protected')
    .option('--name <name>', 'for people')
    .option('--member <kind:id>', 'a member; repeatable', collect, [])
    .option('--tag <tag>', 'servers and volumes bearing this tag')
    .option('--map <what:from=to>', 'a mapping; repeatable', collect, [])
    .action(async (groupId: string, given: PutOptions, command: Command) => {
      const { api, options } = contextOf(command);
      const answer = await api.groups.put({
        groupId,
        name: given.name ?? groupId,
        primary: given.primary,
        recovery: given.recovery,
        policy: given.policy,
        members: membersOf(given),
        mappings: mappingsOf(given.map),
      });
      print(answer, columns, options);
    });
}

function previewGroup(group: Command): void {
  group
    .command('preview <site>')
    .description('what a group would hold now, and what of the project stays unprotected; nothing is stored')
    .option('--member <kind:id>', 'a member; repeatable', collect, [])
    .option('--tag <tag>', 'servers and volumes bearing this tag')
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
