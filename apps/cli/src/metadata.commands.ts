import type { CapturedEntity, EntityChange, EntityVersion, FieldChange, Gap } from '@lifeboat/contracts';
import { invalidInput } from '@lifeboat/kernel';
import type { Command } from 'commander';
import { contextOf } from './context.ts';
import { print, say } from './output.ts';

const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const WHEN = 'now, a time (2026-01-31T12:00:00Z), an age (90s, 10m, 3h, 2d), or the id of a recovery point';

/** What a person writes for a moment, as the API takes it. */
export function whenOf(text: string, now = Date.now()): string {
  if (text === 'now') return new Date(now).toISOString();
  const age = /^(\d+)([smhd])( ago)?$/.exec(text);
  if (age) return new Date(now - Number(age[1]) * UNIT_MS[age[2] as keyof typeof UNIT_MS]).toISOString();
  if (/^\d{4}-\d{2}-\d{2}/.test(text) && !/^[0-9a-f]{8}-/.test(text)) {
    const parsed = Date.parse(text);
    if (Number.isNaN(parsed))
      throw invalidInput('instant-malformed', `"${text}" is no time.`, { mend: `Write ${WHEN}.` });
    return new Date(parsed).toISOString();
  }
  return `point:${text}`;
}

/** `KIND:ID` */
export function entityOf(text: string): { kind: string; id: string } {
  const at = text.indexOf(':');
  if (at > 0 && at < text.length - 1) return { kind: text.slice(0, at), id: text.slice(at + 1) };
  throw invalidInput('entity-malformed', `"${text}" is no entity.`, {
    mend: 'Write KIND:ID, for example server:5f2c….',
  });
}

const brief = (value: unknown): string => {
  if (value === undefined) return '–';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
};
const changed = (fields: readonly FieldChange[]): string =>
  fields.map(({ field, before, after }) => `${field}: ${brief(before)} → ${brief(after)}`).join('\n');

export const sayGaps = (gaps: readonly Gap[]): void => {
  for (const { from, until, why } of gaps) say(`nobody looked from ${from} to ${until ?? 'now'}: ${why}`);
};

/** `lifeboat metadata …`: the time machine. */
export function metadataCommands(program: Command): void {
  const metadata = program
    .command('metadata')
    .description('what stood when, and what changed; secrets are never shown');

  metadata
    .command('history <kind:id>')
    .description('all versions of an entity, newest first')
    .option('--site <site>', 'where, when two sites know the id')
    .action(async (text: string, given: { site?: string }, command: Command) => {
      const { api, options } = contextOf(command);
      const { kind, id } = entityOf(text);
      const history = await api.metadata.history(kind, id, given.site);
      if (options.json) return print(history, {}, options);
      print(
        history.versions,
        {
          from: (v: EntityVersion) => v.from,
          until: (v: EntityVersion) => v.until ?? 'now',
          what: (v: EntityVersion) => v.how,
          changes: (v: EntityVersion) => changed(v.fields),
        },
        options,
      );
      sayGaps(history.gaps);
    });

  metadata
    .command('diff <groupId> <from> [to]')
    .description(`what changed in a group between two moments: ${WHEN}`)
    .action(async (groupId: string, from: string, to: string | undefined, _o: unknown, command: Command) => {
      const { api, options } = contextOf(command);
      const diff = await api.metadata.diff(groupId, whenOf(from), whenOf(to ?? 'now'));
      if (options.json) return print(diff, {}, options);
      print(
        diff.changes,
        {
          entity: (c: EntityChange) => `${c.kind} ${c.name} (${c.id})`,
          what: (c: EntityChange) => c.how,
          changes: (c: EntityChange) => changed(c.fields),
        },
        options,
      );
      say(`${diff.changes.length} changed, ${diff.same} the same`);
      sayGaps(diff.gaps);
    });

  asOf(metadata);
}

function asOf(metadata: Command): void {
  metadata
    .command('as-of <groupId> <when>')
    .description(`what a group held at a moment: ${WHEN}`)
    .action(async (groupId: string, when: string, _o: unknown, command: Command) => {
      const { api, options } = contextOf(command);
      const then = await api.metadata.asOf(groupId, whenOf(when));
      if (options.json) return print(then, {}, options);
      print(
        then.entities,
        { kind: (e: CapturedEntity) => e.kind, name: (e: CapturedEntity) => e.name, id: (e: CapturedEntity) => e.id },
        options,
      );
      if (then.gap) sayGaps([then.gap]);
    });
}
