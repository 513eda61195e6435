import type { Entity, EntityType, Target, Topology } from './entity.ts';
import { captured, run, source, target } from './fixtures/small-run.ts';
import type { SmallCloud } from './fixtures/small-cloud.ts';
import { rack, smallTypes } from './fixtures/small-types.ts';
import { MemoryLedger } from './ledger.ts';
import { rebuild } from './rebuild.ts';
import { RunState } from './run-state.ts';
import type { Rebuild } from './run-state.ts';
import { receipt, totalsOf } from './receipt.ts';
import { registry } from './registry.ts';
import { topology } from './topology.ts';

/** Captures, recreates, captures again; `meddle` is what somebody does in between. */
async function recovered(
  cloud: SmallCloud = target(),
  meddle: (cloud: SmallCloud) => void = () => undefined,
  types = registry(smallTypes),
) {
  const before = await captured(source(), types);
  const work = run(before, cloud, { ledger: new MemoryLedger(), registry: types });
  await rebuild(work);
  meddle(cloud);
  const state = await RunState.load(work);
  const made = [...state.entries.values()].map((entry) => ({ kind: entry.ref.kind, id: entry.targetId ?? '' }));
  return { before, state, after: await captured(cloud, types, made) };
}

const lines = (found: Awaited<ReturnType<typeof recovered>>, from: Topology = found.before) =>
  receipt(from, found.after, found.state).flatMap((one) =>
    one.fields.map((field) => ({ entity: `${one.kind} ${one.sourceId}`, ...field })),
  );

describe('the fidelity receipt', () => {
  it('finds everything carried, and says by which rule the rest differs', async () => {
    const found = await recovered();
    const totals = totalsOf(receipt(found.before, found.after, found.state));
    expect(totals).toMatchObject({ unexplained: 0, dropped: 0 });
    expect(totals.compared).toBe(totals.carried + totals.mapped);
    expect(lines(found).find((line) => line.entity === 'board b-1' && line.field === 'refs.rack')?.outcome).toBe(
      'carried',
    );
  });

  it.each([
    [
      'a changed field',
      'rack r-1',
      'description',
      (cloud: SmallCloud) => edit(cloud, 'racks', 'north', { description: 'changed' }),
    ],
    ['a lost tag', 'rack r-1', 'tags', (cloud: SmallCloud) => edit(cloud, 'racks', 'north', { tags: [] })],
    [
      'another secret',
      'board b-1',
      'secret',
      (cloud: SmallCloud) => edit(cloud, 'boards', 'twin', { secret: 'other' }, 'one'),
    ],
    [
      'a reference to something else',
      'board b-3',
      'refs.rack',
      (cloud: SmallCloud) => edit(cloud, 'boards', 'other', { rack: 'their-rack' }),
    ],
  ])('does not let pass %s', async (_what, entity, field, meddle) => {
    const bad = lines(await recovered(target(), meddle)).filter((line) => line.outcome === 'unexplained');
    expect(bad.map((line) => [line.entity, line.field])).toEqual([[entity, field]]);
  });

  it('notices a changed name', async () => {
    const found = await recovered(target(), (cloud) => edit(cloud, 'boards', 'other', { name: 'renamed' }));
    expect(lines(found)).toContainEqual(
      expect.objectContaining({ entity: 'board b-3', field: 'name', outcome: 'unexplained' }),
    );
  });

  it('shows secrets as digests only', async () => {
    const shown = JSON.stringify(
      lines(await recovered(target(), (cloud) => edit(cloud, 'boards', 'twin', { secret: 'other' }, 'one'))),
    );
    expect(shown).toContain('digest of');
    expect(shown).not.toMatch(/\$sealed|"other"|"s3cret"/);
  });

  it('does not pass over an entity that does not stand', async () => {
    const found = await recovered(
      target(),
      (cloud) =>
        void cloud
          .asCloud()
          .network.delete(`/boards/${cloud.things('boards').find((one) => one['name'] === 'other')?.id}`),
    );
    expect(lines(found)).toContainEqual(expect.objectContaining({ entity: 'board b-3', outcome: 'unexplained' }));
  });

  it('explains by its rule what was mapped to something of another size', async () => {
    const cloud = target();
    cloud.put('models', { id: 'their-m1', name: 'm1', cores: 4 });
    expect(lines(await recovered(cloud))).toContainEqual(
      expect.objectContaining({ entity: 'model m-1', field: 'cores', outcome: 'mapped', why: 'model by name' }),
    );
  });

  it('says what was never seen, and counts it as dropped', async () => {
    const found = await recovered();
    const blind = topology(
      found.before.entities.map((one): Entity => {
        const { secret: _, ...spec } = one.spec;
        return one.kind === 'board'
          ? { ...one, spec, unseen: [{ field: 'secret', reason: 'needs admin rights' }] }
          : one;
      }),
    );
    expect(
      lines(found, blind)
        .filter((line) => line.field === 'secret')
        .map((line) => [line.outcome, line.why]),
    ).toEqual(Array(3).fill(['dropped', expect.stringContaining('needs admin rights')]));
  });

  it('explains a difference by the rule that a type declares', async () => {
    const ruled = registry([
      ...smallTypes.filter((type) => type.kind !== 'rack'),
      { ...rack, fields: { description: { dropped: 'not settable here' } } },
    ]);
    const found = await recovered(target(), (cloud) => edit(cloud, 'racks', 'north', { description: '' }), ruled);
    expect(lines(found)).toContainEqual(
      expect.objectContaining({ field: 'description', outcome: 'dropped', why: 'not settable here' }),
    );
  });
});

function edit(
  cloud: SmallCloud,
  collection: string,
  name: string,
  change: Readonly<Record<string, unknown>>,
  role?: string,
): void {
  const thing = cloud
    .things(collection)
    .find(
      (one) =>
        one['name'] === name &&
        !one.id.startsWith('their') &&
        (role === undefined || (one['metadata'] as { role?: string }).role === role),
    );
  if (!thing) throw new Error(`There is no ${collection} ${name} to change.`);
  cloud.put(collection, { ...thing, ...change });
}

describe('references in the receipt', () => {
  const bundle = (fields: EntityType['fields']): EntityType => ({
    ...rack,
    kind: 'bundle',
    naturalKey: { kept: () => 'k', live: () => 'k' },
    capture: (live) => ({
      ...rack.capture(live, { projectId: 'p', isAdmin: true }),
      refs: { of: (live['of'] as string[]).map((id) => ({ kind: 'model', id })) },
    }),
    ...(fields && { fields }),
  });
  const judged = (fields: EntityType['fields'], there: readonly string[]) => {
    const type = bundle(fields);
    const types = registry([...smallTypes, type]);
    const node = (id: string, of: readonly string[]): Entity => ({
      kind: 'bundle',
      id,
      name: '',
      spec: {},
      refs: { of: of.map((one) => ({ kind: 'model', id: one })) },
      observed: {},
    });
    const entry = (ref: { readonly kind: string; readonly id: string }) => ({
      ref,
      state: 'finished' as const,
      targetId: `t-${ref.id}`,
      how: 'created',
    });
    const state = { entry, target: () => ({}) as Target, run: { registry: types } as Rebuild };
    return receipt(topology([node('x', ['a', 'b'])]), topology([node('t-x', there)]), state)[0]?.fields.find(
      (line) => line.field === 'refs.of',
    )?.outcome;
  };

  it('are sets, as two clouds list them by different ids', () => {
    expect(judged(undefined, ['t-b', 't-a'])).toBe('carried');
    expect(judged(undefined, ['t-b', 't-b'])).toBe('unexplained');
  });

  it('count in their order where the type says so', () => {
    expect(judged({ 'refs.of': { ordered: true } }, ['t-a', 't-b'])).toBe('carried');
    expect(judged({ 'refs.of': { ordered: true } }, ['t-b', 't-a'])).toBe('unexplained');
  });
});

it('accepts a mapped name only when it is the one that the mapping gives', async () => {
  const types = registry([
    ...smallTypes.filter((type) => type.kind !== 'rack'),
    { ...rack, fields: { description: { mapping: 'place' } } },
  ]);
  const before = await captured(source(), types);
  const outcome = async (place: string): Promise<string | undefined> => {
    const cloud = target();
    const work = run(before, cloud, {
      ledger: new MemoryLedger(),
      registry: types,
      mappings: { place: { 'The north one': 'The cold one' } },
    });
    await rebuild(work);
    edit(cloud, 'racks', 'north', { description: place });
    const state = await RunState.load(work);
    const made = [...state.entries.values()].map((entry) => ({ kind: entry.ref.kind, id: entry.targetId ?? '' }));
    const result = receipt(before, await captured(cloud, types, made), state).find((one) => one.sourceId === 'r-1');
    return result?.fields.find((line) => line.field === 'description')?.outcome;
  };
  expect(await outcome('The cold one')).toBe('mapped');
  expect(await outcome('The warm one')).toBe('unexplained');
});
