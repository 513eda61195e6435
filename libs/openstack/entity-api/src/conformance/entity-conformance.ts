import assert from 'node:assert/strict';
import type { EntityType } from '../entity.ts';
import type { Registry } from '../registry.ts';
import { totalsOf } from '../receipt.ts';
import type { EntityBench } from './entity-bench.ts';
import { Trial } from './trial.ts';

export interface EntityCase {
  readonly name: string;
  run(bench: EntityBench): Promise<void>;
}

/**
 * What holds for all registered types on a pair of clouds, simulated or real, run for each of them without being asked: captured twice
 * alike, recreated once and equal, found again after a crash, removed without a trace. The cases share one workload and go in this order. `comesHome`: it also
 * comes back to where it once was, and is undone.
 */
export function entityConformance(
  types: Registry,
  { comesHome = false }: { readonly comesHome?: boolean } = {},
): readonly EntityCase[] {
  const trials = new WeakMap<EntityBench, Trial>();
  const trialOf = (bench: EntityBench): Trial => {
    const trial = trials.get(bench) ?? new Trial(bench, types);
    trials.set(bench, trial);
    return trial;
  };
  const each = (what: string, check: (trial: Trial, type: EntityType) => Promise<void>): readonly EntityCase[] =>
    types.all.map((type) => ({ name: `${type.kind}: ${what}`, run: (bench) => check(trialOf(bench), type) }));
  return [
    ...each('is in the workload, and captured twice alike', capturedAlike),
    ...each('stands at the target once, with every field explained', standsEqual),
    {
      name: 'leaves no orphan and no double',
      run: async (bench) =>
        assert.deepEqual(await (await trialOf(bench).recreated()).strangers(), { orphans: [], doubles: [] }),
    },
    { name: 'makes nothing when it is called again', run: (bench) => makesNothingAgain(trialOf(bench)) },
    ...each('is found, not made again, by a run cut off after any create call', foundAgain),
    { name: 'removes what it made, and only that', run: (bench) => removesOnlyItsOwn(trialOf(bench)) },
    {
      name: 'is quiet when it is asked to remove again',
      run: async (bench) => assert.deepEqual(await (await trialOf(bench).removed()).again(), { removed: 0, left: [] }),
    },
    {
      name: 'has no way out of a drill, and says of every field what became of it',
      run: (bench) => isCutOff(trialOf(bench)),
    },
    { name: 'leaves nothing behind after a drill', run: (bench) => leavesNothing(trialOf(bench)) },
    ...(comesHome
      ? [{ name: 'comes home to what stands there', run: (bench: EntityBench) => isHome(trialOf(bench)) }]
      : []),
  ];
}

async function capturedAlike(trial: Trial, type: EntityType): Promise<void> {
  const { first, second, excused } = await trial.captured();
  if (excused(type)) assert.deepEqual(first.of(type.kind), []);
  else assert.ok(first.of(type.kind).length > 0, `the workload has no ${type.kind}`);
  assert.deepEqual(drawers(second.of(type.kind)), drawers(first.of(type.kind)));
}

/** `observed` is evidence of a moment (a status, a revision) and may change. */
const drawers = (of: readonly { readonly id: string; readonly spec: unknown; readonly refs: unknown }[]) =>
  of.map(({ id, spec, refs }) => ({ id, spec, refs })).sort((a, b) => (a.id < b.id ? -1 : 1));

async function standsEqual(trial: Trial, type: EntityType): Promise<void> {
  const { excused } = await trial.captured();
  const { receipts } = await trial.recreated();
  const mine = receipts.filter((one) => one.kind === type.kind);
  if (excused(type)) return assert.deepEqual(mine, []);
  const bad = mine.flatMap((one) =>
    one.fields
      .filter((line) => line.outcome === 'unexplained')
      .map((line) => ({ of: `${one.name} ${one.sourceId}`, ...line })),
  );
  assert.deepEqual(bad, []);
  if (type.reported !== undefined)
    return assert.ok(mine.every(({ fields }) => fields.length === 1 && fields[0]?.why === type.reported));
  assert.ok(totalsOf(mine).carried > 0, `no field of any ${type.kind} was carried`);
}

async function makesNothingAgain(trial: Trial): Promise<void> {
  const { ids, inventory } = await trial.recreated();
  const again = await trial.calledAgain();
  assert.deepEqual(again.ids, ids);
  assert.deepEqual(again.inventory, inventory);
}

async function foundAgain(trial: Trial, type: EntityType): Promise<void> {
  const { ids, inventory } = await trial.recreated();
  const again = await trial.cutOff();
  const mine = (of: ReadonlyMap<string, string>) => [...of].filter(([key]) => key.startsWith(`${type.kind}/`));
  assert.deepEqual(mine(again.ids), mine(ids));
  assert.deepEqual(again.inventory, inventory);
}

async function removesOnlyItsOwn(trial: Trial): Promise<void> {
  const { before } = await trial.recreated();
  const { left, inventory } = await trial.removed();
  assert.deepEqual(left, []);
  assert.deepEqual(inventory, before);
}

async function isCutOff(trial: Trial): Promise<void> {
  const { receipts, waysOut } = await trial.rehearsed();
  assert.deepEqual(waysOut, []);
  const bad = receipts.flatMap(({ kind, name, fields }) =>
    fields.filter(({ outcome }) => outcome === 'unexplained').map((line) => ({ of: `${kind} ${name}`, ...line })),
  );
  assert.deepEqual(bad, []);
  const same = (kind: string, field: string) =>
    receipts.filter((one) => one.kind === kind).flatMap(({ fields }) => fields.filter((line) => line.field === field));
  for (const field of ['mac_address', 'fixed_ips'])
    assert.ok(
      same('port', field).every(({ outcome }) => outcome === 'carried'),
      `a port has another ${field}`,
    );
  assert.ok(same('port', 'mac_address').length > 0);
}

async function isHome(trial: Trial): Promise<void> {
  const { receipts, back, notBack, left, before, after } = await trial.comesHome();
  const bad = receipts.flatMap(({ kind, name, fields }) =>
    fields.filter(({ outcome }) => outcome === 'unexplained').map((line) => ({ of: `${kind} ${name}`, ...line })),
  );
  assert.deepEqual(bad, []);
  assert.ok(back > 0, 'nothing came back');
  // Of a strict policy, where the originals would be in the way.
  assert.deepEqual(
    notBack.filter((key) => !key.startsWith('server-group/')),
    [],
  );
  assert.deepEqual(left, []);
  assert.deepEqual(after, before);
}

async function leavesNothing(trial: Trial): Promise<void> {
  const { before, after, left, leaks, leaksBefore } = await trial.rehearsed();
  assert.ok(leaksBefore > 0, 'what stands is not found, so that nothing would be found of what is left');
  assert.deepEqual(left, []);
  assert.deepEqual(leaks, []);
  assert.deepEqual(after, before);
}
