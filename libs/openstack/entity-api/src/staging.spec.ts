import type { Topology } from './entity.ts';
import { homeTypes } from './fixtures/home-types.ts';
import { Killed, lives, MortalLedger } from './fixtures/mortal.ts';
import { SmallCloud } from './fixtures/small-cloud.ts';
import type { Thing } from './fixtures/small-cloud.ts';
import { captured, run } from './fixtures/small-run.ts';
import { findLeaks } from './leaks.ts';
import { MemoryLedger } from './ledger.ts';
import { rebuild } from './rebuild.ts';
import { removeAll } from './remove.ts';
import { RunState } from './run-state.ts';
import type { Rebuild } from './run-state.ts';
import { clearStage, outOfStep, stage, stagedPart, standingOf } from './staging.ts';
import { findStrangers } from './strangers.ts';
import { topology } from './topology.ts';

const NORTH = { id: 'r-1', name: 'north', description: 'as it is', tags: [] };
const PLUG = { id: 'p-1', name: 'p', rack: 'r-1', holder: 'b-1' };
const CABLE = { id: 'c-1', colour: 'red', ends: ['r-1', 'r-2'] };
const roots = ['r-1', 'r-2', 'r-3'].map((id) => ({ kind: 'rack', id }));

function primary(): SmallCloud {
  const cloud = new SmallCloud('here');
  cloud.put('racks', NORTH);
  cloud.put('racks', { id: 'r-2', name: 'south', description: '', tags: [] });
  cloud.put('models', { id: 'm-1', name: 'm1', cores: 2 });
  cloud.put('plugs', PLUG);
  cloud.put('boards', {
    id: 'b-1',
    name: 'web',
    rack: 'r-1',
    model: 'm-1',
    secret: '',
    metadata: {},
    plugs: ['p-1'],
  });
  cloud.put('cables', CABLE);
  return cloud;
}
function recovery(): SmallCloud {
  const cloud = new SmallCloud('there');
  cloud.put('models', { id: 'their-m1', name: 'm1', cores: 2 });
  cloud.put('racks', { id: 'their-rack', name: 'north', description: 'theirs', tags: [] });
  return cloud;
}

const look = (cloud: SmallCloud): Promise<Topology> => captured(cloud, homeTypes, roots);
const stageOf = (all: Topology, cloud: SmallCloud, ledger: MemoryLedger): Rebuild =>
  run(stagedPart(all, homeTypes), cloud, { registry: homeTypes, ledger, runId: 'stage-1', stage: 'stage-1' });
/** As it is kept: what was made by what outlives whoever makes it. */
class Kept {
  former = topology([]);
  constructor(readonly ledger: MemoryLedger) {}
  async stage(of: Topology, cloud: SmallCloud): Promise<void> {
    const wanted = stageOf(of, cloud, this.ledger);
    expect(await clearStage(wanted, this.former)).toEqual([]);
    this.former = wanted.topology;
    await stage(wanted);
  }
}
const failoverOf = async (
  all: Topology,
  cloud: SmallCloud,
  staged: MemoryLedger,
  ledger: MemoryLedger,
): Promise<Rebuild> =>
  run(all, cloud, {
    registry: homeTypes,
    ledger,
    runId: 'run-1',
    stage: 'stage-1',
    origins: standingOf(await staged.entries()),
  });
/** Without what is null: an undo says so where nothing was said before. */
const everything = (cloud: SmallCloud): readonly Thing[] =>
  cloud
    .everything()
    .map((one) => Object.fromEntries(Object.entries(one).filter(([, value]) => value !== null)) as Thing)
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
const ids = async (ledger: MemoryLedger): Promise<Readonly<Record<string, string>>> =>
  Object.fromEntries(standingOf(await ledger.entries()));

let all: Topology;
beforeAll(async () => {
  all = await look(primary());
});

describe('what can stand staged', () => {
  it('is what says so of itself, and refers to nothing that does not', () => {
    const kinds = (part: Topology) => part.entities.map(({ kind, id }) => `${kind}/${id}`).toSorted();
    expect(kinds(stagedPart(all, homeTypes))).toEqual(['cable/c-1', 'model/m-1', 'plug/p-1', 'rack/r-1', 'rack/r-2']);
    const cold = homeTypes.all.map((type) => (type.kind === 'rack' ? { ...type, staged: () => undefined } : type));
    const types = { all: cold, has: homeTypes.has, get: (kind: string) => cold.find((t) => t.kind === kind) ?? fail() };
    expect(kinds(stagedPart(all, types))).toEqual(['model/m-1']);
  });
});
const fail = (): never => {
  throw new Error('no such type');
};

describe('a stage', () => {
  it('makes what can stand staged and nothing else, and is removed by its mark and nothing else', async () => {
    const [cloud, ledger] = [recovery(), new MemoryLedger()];
    const kept = new Kept(ledger);
    await kept.stage(all, cloud);
    expect(cloud.things('boards')).toEqual([]);
    expect(cloud.things('racks').map(({ name }) => name)).toEqual(expect.arrayContaining(['north', 'north', 'south']));
    expect(cloud.things('plugs')).toMatchObject([{ holder: '' }]);
    expect(cloud.things('cables')).toMatchObject([{ colour: 'red' }]);
    expect((await removeAll(stageOf(all, cloud, ledger))).left).toEqual([]);
    expect(everything(cloud)).toEqual(everything(recovery()));
  });

  it('that is in step is only looked at', async () => {
    const [cloud, ledger] = [recovery(), new MemoryLedger()];
    const kept = new Kept(ledger);
    await kept.stage(all, cloud);
    const before = await ids(ledger);
    const made = cloud.calls.filter(({ method }) => method === 'POST').length;
    await kept.stage(all, cloud);
    expect(await ids(ledger)).toEqual(before);
    expect(cloud.calls.filter(({ method }) => method === 'POST')).toHaveLength(made);
    expect(cloud.calls.filter(({ method }) => method === 'DELETE')).toEqual([]);
  });

  it('is brought in step: changed where that can be, else made anew; what has come is made, what has gone goes', async () => {
    const [cloud, ledger] = [recovery(), new MemoryLedger()];
    const kept = new Kept(ledger);
    await kept.stage(all, cloud);
    const before = await ids(ledger);
    const changed = primary();
    changed.put('racks', { ...NORTH, description: 'as it is now' });
    changed.put('racks', { id: 'r-3', name: 'west', description: '', tags: [] });
    changed.put('cables', { ...CABLE, colour: 'blue' });
    const smaller = await look(changed);
    const without = topology(smaller.entities.filter(({ kind }) => kind !== 'plug' && kind !== 'board'));
    await kept.stage(without, cloud);
    const after = await ids(ledger);
    expect(after).toMatchObject({ 'rack/r-1': before['rack/r-1'], 'rack/r-2': before['rack/r-2'] });
    expect(after['cable/c-1']).not.toBe(before['cable/c-1']);
    expect(cloud.things('racks').find(({ id }) => id === after['rack/r-1'])).toMatchObject({
      description: 'as it is now',
    });
    expect(cloud.things('racks').map(({ name }) => name)).toContain('west');
    expect(cloud.things('cables')).toMatchObject([{ colour: 'blue' }]);
    expect(cloud.things('plugs')).toEqual([]);
    expect((await removeAll(stageOf(without, cloud, ledger))).left).toEqual([]);
    expect(everything(cloud)).toEqual(everything(recovery()));
  });

  it('knows what was deleted or changed at the target, and repairs it', async () => {
    const [cloud, ledger] = [recovery(), new MemoryLedger()];
    const kept = new Kept(ledger);
    await kept.stage(all, cloud);
    const before = await ids(ledger);
    expect(await outOfStep(stageOf(all, cloud, ledger))).toEqual([]);
    const service = cloud.asCloud().network;
    await service.delete(`/plugs/${before['plug/p-1']}`);
    await service.put(`/racks/${before['rack/r-1']}`, { description: 'spoilt' });
    expect((await outOfStep(stageOf(all, cloud, ledger))).map(({ entity, why }) => [entity.kind, why])).toEqual([
      ['rack', 'differs in description'],
      ['plug', 'is gone'],
    ]);
    await kept.stage(all, cloud);
    expect(await outOfStep(stageOf(all, cloud, ledger))).toEqual([]);
    expect(await ids(ledger)).toMatchObject({ 'rack/r-1': before['rack/r-1'], 'cable/c-1': before['cable/c-1'] });
    expect(cloud.things('plugs')).toHaveLength(1);
  });

  it.each([
    ['before', false],
    ['after', false],
    ['before', true],
    ['after', true],
  ] as const)(
    'stands once when it dies %s any write of its ledger, while it is made or brought in step, and goes without a rest (at once: %s)',
    async (when, straight) => {
      const changed = primary();
      changed.put('racks', { ...NORTH, description: 'as it is now' });
      changed.put('cables', { ...CABLE, colour: 'blue' });
      const later = await look(changed);
      let at = 1;
      for (let lived = false; !lived; at += 1) {
        const [cloud, ledger] = [recovery(), new MortalLedger({ at, when })];
        const kept = new Kept(ledger);
        lived = (await lives(kept.stage(all, cloud))) && (await lives(kept.stage(later, cloud)));
        ledger.restarted = true;
        if (straight) {
          await removeAll({ ...stageOf(later, cloud, ledger), topology: kept.former });
          expect(everything(cloud)).toEqual(everything(recovery()));
          continue;
        }
        await kept.stage(later, cloud);
        expect(cloud.everything()).toHaveLength(everything(recovery()).length + 4);
        expect(cloud.things('cables')).toMatchObject([{ colour: 'blue' }]);
        await removeAll(stageOf(later, cloud, ledger));
        expect(everything(cloud)).toEqual(everything(recovery()));
      }
      expect(at).toBeGreaterThan(15);
    },
  );
});

describe('a run that takes up a stage', () => {
  const staged = async () => {
    const [cloud, ledger] = [recovery(), new MemoryLedger()];
    const kept = new Kept(ledger);
    await kept.stage(all, cloud);
    return { cloud, ledger };
  };

  it('is served by the very things that stood there, and makes the rest', async () => {
    const { cloud, ledger: its } = await staged();
    const before = await ids(its);
    const ledger = new MemoryLedger();
    const failover = await failoverOf(all, cloud, its, ledger);
    await rebuild(failover);
    const entries = new Map((await ledger.entries()).map((entry) => [`${entry.ref.kind}/${entry.ref.id}`, entry]));
    for (const [key, id] of Object.entries(before))
      expect(entries.get(key)).toMatchObject({ targetId: id, how: 'staged' });
    expect(entries.get('board/b-1')).toMatchObject({ how: 'created' });
    expect(cloud.things('boards')).toMatchObject([{ rack: before['rack/r-1'], plugs: [before['plug/p-1']] }]);
    expect(await findStrangers(await RunState.load(failover))).toEqual({ orphans: [], doubles: [] });
  });

  it('has it staged again as it was when it is undone, wherever it dies', async () => {
    for (let at = 1, lived = false; !lived; at += 1) {
      const { cloud, ledger: its } = await staged();
      const before = everything(cloud);
      const ledger = new MemoryLedger();
      const failover = await failoverOf(all, cloud, its, ledger);
      let changes = 0;
      cloud.after = ({ method }) => {
        if (!['GET', 'LIST'].includes(method) && (changes += 1) === at) throw new Killed();
      };
      lived = await lives(rebuild(failover));
      cloud.after = () => undefined;
      expect((await removeAll(failover)).left).toEqual([]);
      expect(everything(cloud)).toEqual(before);
    }
  });

  it('keeps it from being removed with the stage, as long as it serves', async () => {
    const { cloud, ledger: its } = await staged();
    const failover = await failoverOf(all, cloud, its, new MemoryLedger());
    await rebuild(failover);
    const standing = everything(cloud);
    const held = new Set([...(await RunState.load(failover)).entries.values()].flatMap(heldKey));
    await removeAll({ ...stageOf(all, cloud, its), heldByOthers: held });
    expect(everything(cloud)).toEqual(standing);
  });

  it('makes anew what could not be brought in step, of which the stage makes way before', async () => {
    const { cloud, ledger: its } = await staged();
    const before = await ids(its);
    const changed = primary();
    changed.put('cables', { ...CABLE, colour: 'blue' });
    const later = await look(changed);
    expect(await clearStage(stageOf(later, cloud, its), stagedPart(all, homeTypes))).toEqual([]);
    expect(cloud.things('cables')).toEqual([]);
    const failover = await failoverOf(later, cloud, its, new MemoryLedger());
    await rebuild(failover);
    const state = await RunState.load(failover);
    expect(state.entry({ kind: 'cable', id: 'c-1' })).toMatchObject({ how: 'created' });
    expect(state.entry({ kind: 'rack', id: 'r-1' })).toMatchObject({ how: 'staged', targetId: before['rack/r-1'] });
    // All of both is gone when both are removed.
    await removeAll(failover);
    await removeAll(stageOf(later, cloud, its));
    expect((await findLeaks(state)).leaks).toEqual([]);
    expect(everything(cloud)).toEqual(everything(recovery()));
  });
});

const heldKey = ({ how, ref, targetId }: { how?: string; ref: { kind: string }; targetId?: string }) =>
  how === 'staged' && targetId !== undefined ? [`${ref.kind}/${targetId}`] : [];
