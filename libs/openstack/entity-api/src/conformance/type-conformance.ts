import assert from 'node:assert/strict';
import type { Json } from '@lifeboat/kernel';
import type { Entity, EntityType, Live, Ref, Target, Topology } from '../entity.ts';
import type { LedgerEntry } from '../ledger.ts';
import { markFor, markMetadata, markTags } from '../mark.ts';
import type { Rebuild } from '../run-state.ts';
import { receipt } from '../receipt.ts';
import type { Registry } from '../registry.ts';
import { refsOf, topology } from '../topology.ts';

export interface TypeCase {
  readonly name: string;
  run(): void;
}

type Example = EntityType['examples'][number];

const scope = { projectId: 'p1', isAdmin: true };
const RUN = '5f0c5c0e-7e56-8a5b-9d0e-2c1a3b4d5e6f';
const SITE = 'source-site';

const elsewhere = (id: string): string => `there-${id}`;

/**
 * What holds for every type without a cloud: examples, purity, ids and marks. A suite runs these for each registered type, and for each of
 * its examples.
 */
export function typeConformance(type: EntityType, types: Registry): readonly TypeCase[] {
  return type.examples.flatMap((example, index) => {
    const kept: Entity = { ...example.keeps, kind: type.kind };
    const ids = idsOf(kept, types);
    const say = (what: string): string => (type.examples.length > 1 ? `${what} (example ${index})` : what);
    return [
      { name: say('captures its example as written, and the same twice'), run: () => capturesExample(type, example) },
      { name: say('captures the same with our mark on it'), run: () => ignoresMark(type, example) },
      {
        name: say('keeps no id of its cloud in what is recreated'),
        run: () => assertNoIds(example.keeps.spec, ids, 'spec'),
      },
      { name: say('makes a body without ids of the source, and with the mark'), run: () => makesBody(type, kept, ids) },
      { name: say('shows each seeded difference in the receipt'), run: () => showsDifferences(type, kept, types) },
    ];
  });
}

function capturesExample(type: EntityType, { live, keeps }: Example): void {
  const before = JSON.stringify(live);
  assert.deepEqual(type.capture(live, scope), keeps);
  assert.deepEqual(type.capture(live, scope), type.capture(live, scope));
  assert.equal(JSON.stringify(live), before, 'capture changed what it was given');
}

/** A recovered workload is protected in its turn: then our own traces must not pass for its fields. */
function ignoresMark(type: EntityType, { live, keeps }: Example): void {
  if (!type.create || type.naturalKey) return;
  const mark = markFor(RUN, SITE, type.kind, live.id);
  const marked: Live = {
    ...live,
    ...('metadata' in live && { metadata: { ...(live['metadata'] as object), ...markMetadata(mark) } }),
    ...('tags' in live && { tags: [...(live['tags'] as readonly string[]), ...markTags(mark)] }),
  };
  const described: Live = 'description' in live && !('metadata' in live) ? { ...live, description: mark.text } : marked;
  assert.deepEqual(type.capture(marked, scope), keeps);
  assert.ok(!JSON.stringify(type.capture(described, scope).spec).includes(RUN), 'the marked description was kept');
}

/** Some kinds go by a name (keypairs), which is no secret of one cloud: a body may hold it. */
function idsOf(kept: Entity, types: Registry): readonly string[] {
  const byName = (kind: string): boolean => types.get(kind).examples.every(({ keeps }) => keeps.id === keeps.name);
  return [{ kind: kept.kind, id: kept.id }, ...refsOf(kept).map(([, ref]) => ref)]
    .filter((ref) => !byName(ref.kind))
    .map((ref) => ref.id);
}

function assertNoIds(value: unknown, ids: readonly string[], what: string): void {
  for (const id of ids) assert.ok(!JSON.stringify(value).includes(`"${id}"`), `${what} holds the source's id ${id}`);
}

/** A target at which everything stands, each under an id that tells where it comes from. */
function everythingStands(kept: Entity, all: Topology): Target {
  return {
    id: (ref) => elsewhere(ref.id),
    maybe: (ref) => ref && elsewhere(ref.id),
    captured: (ref) => all.get(ref),
    mapped: (_rule, name) => name,
    open: (value) => (typeof value === 'string' ? value : undefined),
    made: () => true,
    provided: () => undefined,
    blank: () => undefined,
    all,
    comesBack: () => false,
    makesWay: () => false,
    mark: markFor(RUN, SITE, kept.kind, kept.id),
    staged: false,
    isolated: false,
    ...scope,
  };
}

function makesBody(type: EntityType, kept: Entity, ids: readonly string[]): void {
  if (!type.body || kept.observed['foreign'] === true) return;
  const to = everythingStands(kept, topology([kept]));
  const body = type.body(kept, to);
  assert.deepEqual(type.body(kept, to), body, 'two bodies of the same differ');
  // The mark names its origin on purpose; besides it nothing may.
  const unmarked = JSON.parse(
    JSON.stringify(body).replaceAll(to.mark.text, '').replaceAll(to.mark.origin, ''),
  ) as unknown;
  assertNoIds(unmarked, ids, 'body');
  if (type.naturalKey) assert.notEqual(type.naturalKey.kept(kept, to), '', 'the natural key is empty');
  else assert.ok(JSON.stringify(body).includes(RUN), 'the body bears no mark, and the type has no natural key');
}

/** One field after the other is different at the target: none may pass as carried, and only declared ones as explained. */
function showsDifferences(type: EntityType, kept: Entity, types: Registry): void {
  for (const field of Object.keys(kept.spec)) {
    const twin = { ...kept, spec: { ...kept.spec, [field]: otherThan(kept.spec[field]) } };
    assertShown(types, kept, twin, field);
  }
  for (const field of Object.keys(kept.refs)) {
    const { [field]: _lost, ...others } = kept.refs;
    assertShown(types, kept, { ...kept, refs: others }, `refs.${field}`);
  }
}

function otherThan(value: Json | undefined): Json {
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'string') return `${value}-changed`;
  return Array.isArray(value) ? [...(value as readonly Json[]), 'changed'] : 'changed';
}

function assertShown(types: Registry, kept: Entity, twin: Entity, field: string): void {
  const type = types.get(kept.kind);
  const all = topology([kept]);
  const to = everythingStands(kept, all);
  const entry = (ref: Ref): LedgerEntry => ({ ref, state: 'finished', targetId: elsewhere(ref.id), how: 'created' });
  const run = { registry: types, topology: all } as unknown as Rebuild;
  const there: Entity = {
    ...twin,
    id: elsewhere(kept.id),
    refs: Object.fromEntries(
      Object.entries(twin.refs).map(([name, refs]) => [
        name,
        [refs].flat().map((ref) => ({ kind: (ref as Ref).kind, id: elsewhere((ref as Ref).id) })),
      ]),
    ),
  };
  const [result] = receipt(all, topology([there]), { entry, target: () => to, run });
  const rules = (typeof type.fields === 'function' ? type.fields(kept, to) : type.fields) ?? {};
  const line = result?.fields.find((one) => one.field === field);
  assert.ok(line, `the receipt does not compare ${field}`);
  assert.notEqual(line.outcome, 'carried', `a changed ${field} passes as carried`);
  const declared = rules[field]?.mapped ?? rules[field]?.dropped;
  assert.equal(
    line.outcome,
    declared === undefined ? 'unexplained' : line.outcome,
    `a changed ${field} is explained by no rule`,
  );
  for (const other of result?.fields ?? [])
    if (other.field !== field && kept.spec[other.field] !== undefined)
      assert.equal(other.outcome, 'carried', `${other.field} is not the same after a round trip of ids`);
}
