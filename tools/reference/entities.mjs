import { entities } from '@lifeboat/openstack-entities';
import { code, page, table } from './markdown.mjs';

const PROVISION = {
  created: 'made again at the recovery site',
  mapped: 'found at the recovery site by name, or by what the group maps it to',
  provided: 'its copy is handed over by another service, and given its captured looks here',
  reported: 'not made: counted, named, and said to be left behind',
};

const EVERYWHERE = ['simulator', 'real clouds'];

export const entitiesReference = () =>
  page(
    '# Entity types',
    'Generated from `libs/openstack/entities` by `npm run reference`. What Lifeboat knows of each kind of OpenStack object: what is kept and made again, what it ' +
      'refers to, and which fields may differ at the recovery site, by which rule, as the examples of the types show it. A field that is kept and has no rule must be equal, or the fidelity receipt says _unexplained_.',
    table(
      ['kind', 'service', 'stands there by', 'tested on', 'what is kept, and what not'],
      entities.all.map(({ kind, service, provision, testedOn = EVERYWHERE, summary }) => [
        `[${code(kind)}](#${kind})`,
        service,
        provision,
        testedOn.join(', '),
        summary,
      ]),
    ),
    Object.entries(PROVISION)
      .map(([provision, what]) => `- _${provision}_: ${what}.`)
      .join('\n'),
    '_Tested on_ says where the suite of a type has passed: captured twice alike, made again and compared, found again after a crash, removed without a trace. ' +
      "_Recorded answers_ are written from OpenStack's API reference, since no cloud at hand has the service: what is said there has met no real one yet. " +
      'A service that is absent from a cloud is reported as absent.',
    ...entities.all.map(section),
  );

function section(type) {
  const drawers = type.examples.map(({ keeps }) => keeps);
  const kept = namesIn(drawers.map(({ spec }) => spec));
  const observed = namesIn(drawers.map((drawer) => drawer.observed));
  return page(
    `## ${type.kind}`,
    type.summary,
    [
      `- Stands there by: ${type.provision}. ${sentence(PROVISION[type.provision])}.`,
      type.reported && `- Why it is left behind: ${type.reported}.`,
      type.staged && '- Can stand [staged](../how-to/keep-a-group-warm.md), where that harms nobody.',
      type.extension &&
        `- Needs the extension ${code(type.extension)} of the network service; left out, and said, where the recovery site lacks it.`,
      `- Tested on: ${(type.testedOn ?? EVERYWHERE).join(', ')}.`,
      kept.length > 0 && `- Kept and compared: ${list(kept, type.secrets)}.`,
      observed.length > 0 && `- Kept as evidence only: ${list(observed)}.`,
      `- Refers to: ${references(drawers) || 'nothing'}.`,
      type.needs && `- Left out together with its ${type.needs.map(code).join(', ')}.`,
      type.belongsTo && `- Comes with its ${type.belongsTo.map(code).join(', ')}.`,
      quotas(type),
    ]
      .filter(Boolean)
      .join('\n'),
    rules(type),
    notKept(type),
  ).trimEnd();
}

function notKept({ notKept: left }) {
  return left && table(['not kept', 'why'], Object.entries(left));
}

const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1);
const namesIn = (records) =>
  [...new Set(records.flatMap((record) => Object.keys(record)))].sort((a, b) => (a < b ? -1 : 1));
const list = (names, secrets = []) =>
  names.map((name) => code(name) + (secrets.includes(name) ? ' (sealed)' : '')).join(', ');

function references(drawers) {
  const kinds = new Map();
  for (const { refs } of drawers)
    for (const [name, to] of Object.entries(refs))
      for (const { kind } of [to].flat()) kinds.set(name, (kinds.get(name) ?? new Set()).add(kind));
  return [...kinds]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, to]) => `${[...to].map((kind) => `[${code(kind)}](#${kind})`).join(' or ')} as ${code(name)}`)
    .join(', ');
}

function quotas(type) {
  const used = namesIn(worlds(type).flatMap(({ kept, to }) => type.uses?.(kept, to.all, to.mapped) ?? []));
  return used.length > 0 && `- Counted against the quotas ${used.map(code).join(', ')}.`;
}

/** Rules may depend on the entity and on the target; so they are asked for in every world, and the reader is told when one holds in some only. */
function rules(type) {
  const all = worlds(type);
  const found = new Map();
  const add = (field, how, why) => {
    const key = `${field} ${how} ${why}`;
    found.set(key, { field, how, why, worlds: (found.get(key)?.worlds ?? 0) + 1 });
  };
  for (const { kept, to } of all) {
    const declared = (typeof type.fields === 'function' ? type.fields(kept, to) : type.fields) ?? {};
    for (const [field, { mapped, mapping, dropped }] of Object.entries(declared)) {
      if (mapped) add(code(field), 'mapped', mapped);
      if (mapping) add(code(field), 'mapped', `the group's mappings of ${mapping}`);
      if (dropped) add(code(field), 'dropped', dropped);
    }
    for (const { field, dropped } of type.notes?.(kept, to) ?? []) add(field, 'left behind', dropped);
  }
  if (found.size === 0) return undefined;
  const rows = [...found.values()].map(({ field, how, why, worlds: count }) => [
    field,
    count < all.length ? `${how}, for some` : how,
    why,
  ]);
  return table(['field', 'may differ', 'why'], rows);
}

/** Each example, seen by an administrator and by a member, among things of the project's own and of others, with and without copies. */
function worlds(type) {
  const sides = [true, false];
  return type.examples.flatMap(({ keeps }) =>
    sides.flatMap((isAdmin) =>
      sides.flatMap((foreign) =>
        sides.map((stands) => ({
          kept: { ...keeps, kind: type.kind, observed: { ...keeps.observed, ...(foreign && { foreign }) } },
          to: target({ isAdmin, foreign, stands }),
        })),
      ),
    ),
  );
}

function target({ isAdmin, foreign, stands }) {
  const captured = (ref) => ({ ...ref, name: ref.id, spec: {}, refs: {}, observed: { foreign } });
  return {
    isAdmin,
    projectId: 'project',
    id: (ref) => ref.id,
    maybe: (ref) => (stands ? ref?.id : undefined),
    captured,
    mapped: (_rule, name) => name,
    open: () => undefined,
    provided: (kind, id) => (stands ? `${kind}/${id}` : undefined),
    blank: () => (stands ? undefined : 'the driver of its point carries no bytes: the copy is blank'),
    all: { entities: [], get: captured, of: () => [], referringTo: () => [] },
    mark: { runId: 'run', origin: 'origin', text: 'mark' },
  };
}
