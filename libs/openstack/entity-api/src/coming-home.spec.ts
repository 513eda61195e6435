import { returning } from './taking-up.ts';
import type { EntityType, Topology } from './entity.ts';
import { homeBoard, homeTypes } from './fixtures/home-types.ts';
import { Killed, lives, MortalLedger } from './fixtures/mortal.ts';
import { SmallCloud } from './fixtures/small-cloud.ts';
import type { Thing } from './fixtures/small-cloud.ts';
import { captured, run } from './fixtures/small-run.ts';
import { MemoryLedger } from './ledger.ts';
import { rebuild } from './rebuild.ts';
import { registry } from './registry.ts';
import { removeAll } from './remove.ts';
import { RunState } from './run-state.ts';

/** The workload where it is now. */
const away = (): SmallCloud => {
  const cloud = new SmallCloud('away');
  cloud.put('racks', { id: 'r-away', name: 'north', description: 'as it is now', tags: [] });
  cloud.put('racks', { id: 's-away', name: 'south', description: '', tags: [] });
  cloud.put('models', { id: 'm-away', name: 'm1', cores: 2 });
  cloud.put('plugs', { id: 'p-away', name: 'p', rack: 'r-away', holder: 'b-away' });
  cloud.put('boards', {
    id: 'b-away',
    name: 'web',
    rack: 'r-away',
    model: 'm-away',
    secret: '',
    metadata: {},
    plugs: ['p-away'],
  });
  cloud.put('cables', { id: 'c-away', colour: 'red', ends: ['r-away', 's-away'] });
  return cloud;
};
/** And what still stands of it at home. */
const home = (): SmallCloud => {
  const cloud = new SmallCloud('home');
  cloud.put('models', { id: 'm-home', name: 'm1', cores: 2 });
  cloud.put('racks', { id: 'r-home', name: 'north', description: 'as it was once', tags: [] });
  cloud.put('racks', { id: 's-home', name: 'south', description: '', tags: [] });
  cloud.put('plugs', { id: 'p-home', name: 'p', rack: 'r-home', holder: 'b-home' });
  cloud.put('boards', { id: 'b-home', name: 'web', rack: 'r-home', metadata: {}, plugs: ['p-home'] });
  cloud.put('cables', { id: 'c-home', colour: 'red', ends: ['r-home', 's-home'] });
  return cloud;
};
const origins = new Map(
  ['rack/r', 'rack/s', 'plug/p', 'board/b', 'cable/c'].map((key) => [`${key}-away`, `${key.split('/')[1] ?? ''}-home`]),
);
const originals = [{ kind: 'board', id: 'b-home' }];

let topology: Topology;
beforeAll(async () => {
  topology = await captured(away(), homeTypes, [
    { kind: 'rack', id: 'r-away' },
    { kind: 'rack', id: 's-away' },
  ]);
});

const comingHome = (cloud: SmallCloud, ledger = new MemoryLedger()) =>
  run(topology, cloud, { registry: homeTypes, ledger, source: 'away', origins, originals });
const one = (cloud: SmallCloud, collection: string, id: string): Thing | undefined =>
  cloud.things(collection).find((thing) => thing.id === id);
const ids = (cloud: SmallCloud): readonly string[] =>
  cloud
    .everything()
    .map(({ id }) => id)
    .toSorted();
/** Without what is null: an undo says so where nothing was said before. */
const everything = (cloud: SmallCloud): unknown =>
  cloud
    .everything()
    .map((one) => Object.fromEntries(Object.entries(one).filter(([, value]) => value !== null)))
    .toSorted((a, b) => (String(a['id']) < String(b['id']) ? -1 : 1));

function expectHome(cloud: SmallCloud): void {
  const [made, ...more] = cloud.things('boards').filter(({ id }) => id !== 'b-home');
  expect(more).toEqual([]);
  expect(made).toMatchObject({ rack: 'r-home', plugs: ['p-home'] });
  expect(one(cloud, 'plugs', 'p-home')).toMatchObject({ holder: made?.id });
  expect(one(cloud, 'racks', 'r-home')).toMatchObject({ description: 'as it is now', power: 'on' });
  expect(ids(cloud)).toEqual([...ids(home()), made?.id ?? ''].toSorted());
}

describe('a group that comes home', () => {
  it('is served by what still stands there, brought in step; what is made anew holds what its original held', async () => {
    const [cloud, ledger] = [home(), new MemoryLedger()];
    await rebuild(comingHome(cloud, ledger));
    expectHome(cloud);
    const how = new Map((await ledger.entries()).map(({ ref, how: said }) => [`${ref.kind}/${ref.id}`, said]));
    expect(Object.fromEntries(how)).toEqual({
      'rack/r-away': 'returned',
      'rack/s-away': 'returned',
      'plug/p-away': 'returned',
      'cable/c-away': 'returned',
      'board/b-away': 'created',
      'board/b-home': 'made way',
      'model/m-away': 'mapped: model by name',
    });
  });

  it('is at home as it was before, when it is undone', async () => {
    const [cloud, ledger] = [home(), new MemoryLedger()];
    await rebuild(comingHome(cloud, ledger));
    expect((await removeAll(comingHome(cloud, ledger))).left).toEqual([]);
    expect(everything(cloud)).toEqual(everything(home()));
    expect((await removeAll(comingHome(cloud, ledger))).left).toEqual([]);
    expect(everything(cloud)).toEqual(everything(home()));
  });

  it.each(['before', 'after'] as const)(
    'comes home once, and can be undone, when it dies %s any write of the ledger',
    async (when) => {
      let at = 1;
      for (let lived = false; !lived; at += 1) {
        const [cloud, ledger] = [home(), new MortalLedger({ at, when })];
        lived = await lives(rebuild(comingHome(cloud, ledger)));
        ledger.restarted = true;
        await rebuild(comingHome(cloud, ledger));
        expectHome(cloud);
        await removeAll(comingHome(cloud, ledger));
        expect(everything(cloud)).toEqual(everything(home()));
      }
      expect(at).toBeGreaterThan(10);
    },
  );

  it('is at home as it was before, when it dies anywhere and is only undone, and when the undo dies too', async () => {
    for (let at = 1, lived = false; !lived; at += 1) {
      const [cloud, ledger] = [home(), new MemoryLedger()];
      let changes = 0;
      cloud.after = ({ method }) => {
        if (!['GET', 'LIST'].includes(method) && (changes += 1) === at) throw new Killed();
      };
      lived = await lives(rebuild(comingHome(cloud, ledger)));
      changes = 0; // the undo dies at its nth change too, and comes again
      await removeAll(comingHome(cloud, ledger));
      expect((await removeAll(comingHome(cloud, ledger))).left).toEqual([]);
      expect(everything(cloud)).toEqual(everything(home()));
    }
  });

  it('is made anew where nothing stands any more', async () => {
    const cloud = new SmallCloud('home');
    cloud.put('models', { id: 'm-home', name: 'm1', cores: 2 });
    const ledger = new MemoryLedger();
    await rebuild(comingHome(cloud, ledger));
    expect(cloud.everything()).toHaveLength(6);
    expect(ids(cloud).filter((id) => origins.has(id))).toEqual([]);
    await removeAll(comingHome(cloud, ledger));
    expect(ids(cloud)).toEqual(['m-home']);
  });

  it('is served by a new one where the original cannot be changed and is another by now', async () => {
    const cloud = home();
    cloud.put('cables', { id: 'c-home', colour: 'blue', ends: ['r-home', 's-home'] });
    await rebuild(comingHome(cloud));
    expect(cloud.things('cables').map(({ colour }) => colour)).toEqual(['blue', 'red']);
    expect(cloud.things('cables').find(({ colour }) => colour === 'red')).toMatchObject({ ends: ['r-home', 's-home'] });
  });

  it('takes nothing from others: what somebody else holds by now is left to them', async () => {
    const cloud = home();
    cloud.put('plugs', { ...one(cloud, 'plugs', 'p-home'), holder: 'their-board' });
    await rebuild(comingHome(cloud));
    expect(one(cloud, 'plugs', 'p-home')).toMatchObject({ holder: 'their-board' });
    expect(cloud.things('plugs')).toHaveLength(2);
  });

  it('puts nothing back of a run that was committed', async () => {
    const [cloud, ledger] = [home(), new MemoryLedger()];
    await rebuild(comingHome(cloud, ledger));
    const settled = new MemoryLedger();
    for (const { looked: _looked, ...entry } of await ledger.entries()) await settled.put(entry);
    await removeAll(comingHome(cloud, settled));
    expect(one(cloud, 'racks', 'r-home')).toMatchObject({ description: 'as it is now' });
    expect(one(cloud, 'plugs', 'p-home')).toMatchObject({ holder: '' });
  });

  it('keeps, when an earlier run is removed, what a later one is served by', async () => {
    const cloud = new SmallCloud('home');
    cloud.put('models', { id: 'm-home', name: 'm1', cores: 2 });
    const ledger = new MemoryLedger();
    await rebuild(comingHome(cloud, ledger));
    const [north] = cloud.things('racks').filter(({ name }) => name === 'north');
    const others = { ...comingHome(cloud, ledger), heldByOthers: new Set([`rack/${north?.id}`]) };
    await removeAll(others);
    expect(cloud.things('racks')).toEqual([north]);
  });

  it('waits until an original has let go what it holds, and only then makes anything', async () => {
    const cloud = home();
    const slow: EntityType = {
      ...homeBoard,
      yields: {
        look: async () => ({ held: ['p-home'] }),
        makeWay: async (there, _id, _before, turn) => {
          expect(cloud.calls.some(({ method }) => method === 'POST')).toBe(false);
          if (turn === 1) await there.network.put('/plugs/p-home', { holder: '' });
          return turn === 1;
        },
        takeBack: async () => true,
      },
    };
    const slowly = registry(homeTypes.all.map((type) => (type.kind === 'board' ? slow : type)));
    await rebuild({ ...comingHome(cloud), registry: slowly });
    expectHome(cloud);
  });

  it('knows before it makes anything what would come back, and changes nothing to know it', async () => {
    const cloud = home();
    const back = await returning(await RunState.load(comingHome(cloud)));
    expect([...back].toSorted()).toEqual(['cable/c-away', 'plug/p-away', 'rack/r-away', 'rack/s-away']);
    expect(everything(cloud)).toEqual(everything(home()));
    expect(cloud.calls.filter(({ method }) => !['GET', 'LIST'].includes(method))).toEqual([]);
  });
});
