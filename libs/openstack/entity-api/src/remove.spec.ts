import { captured, ours, run, source, target, theirs } from './fixtures/small-run.ts';
import { board, rack, smallTypes } from './fixtures/small-types.ts';
import { MemoryLedger } from './ledger.ts';
import type { Topology } from './entity.ts';
import { rebuild } from './rebuild.ts';
import { registry } from './registry.ts';
import { removeAll } from './remove.ts';

let topology: Topology;
beforeAll(async () => {
  topology = await captured(source());
});

const rebuilt = async () => {
  const cloud = target();
  const ledger = new MemoryLedger();
  await rebuild(run(topology, cloud, { ledger }));
  return { cloud, ledger };
};

describe('removing what a run made', () => {
  it('removes what depends on others first, and nothing that was there before', async () => {
    const { cloud, ledger } = await rebuilt();
    const before = theirs(cloud);
    expect(await removeAll(run(topology, cloud, { ledger }))).toEqual({ removed: 6, left: [] });
    expect(ours(cloud)).toEqual([]);
    expect(theirs(cloud)).toEqual(before);
  });

  it('is quiet when nothing was ever made, and when it is called twice', async () => {
    expect(await removeAll(run(topology, target()))).toEqual({ removed: 0, left: [] });
    const { cloud, ledger } = await rebuilt();
    await removeAll(run(topology, cloud, { ledger }));
    expect(await removeAll(run(topology, cloud, { ledger }))).toEqual({ removed: 0, left: [] });
  });

  it('says what would not go and why, and takes it when it is called again', async () => {
    const { cloud, ledger } = await rebuilt();
    const rack = cloud.things('racks').find((one) => one['name'] === 'south');
    cloud.put('guests', { id: 'their-guest', on: rack?.id });
    const first = await removeAll(run(topology, cloud, { ledger }));
    expect(first.left).toEqual([
      expect.objectContaining({ kind: 'rack', id: rack?.id, why: expect.stringContaining('their-guest') }),
    ]);
    cloud.put('guests', { id: 'their-guest' });
    expect((await removeAll(run(topology, cloud, { ledger }))).left).toEqual([]);
    expect(ours(cloud)).toEqual([]);
  });

  it('leaves alone what does not bear its mark any more', async () => {
    const { cloud, ledger } = await rebuilt();
    const taken = cloud.things('boards').find((one) => (one['metadata'] as { role?: string }).role === 'two');
    cloud.put('boards', { ...taken, metadata: { owner: 'somebody' } });
    await removeAll(run(topology, cloud, { ledger }));
    expect(cloud.things('boards').map((one) => one.id)).toContain(taken?.id);
  });

  it('leaves alone what has no place for a mark and is not what the run made any more', async () => {
    const { cloud, ledger } = await rebuilt();
    const [cable] = cloud.things('cables');
    cloud.put('cables', { ...cable, colour: 'blue' });
    const { left } = await removeAll(run(topology, cloud, { ledger }));
    expect(cloud.things('cables')).toHaveLength(1);
    expect(left).toContainEqual(expect.objectContaining({ kind: 'cable', id: cable?.id }));
  });

  it('removes the double of a create call that was carried out late', async () => {
    const { cloud, ledger } = await rebuilt();
    const board = cloud
      .things('boards')
      .find((one) => (one['metadata'] as { role?: string }).role === 'one' && !one.id.startsWith('their'));
    cloud.put('boards', { ...board, id: 'late-double' });
    await removeAll(run(topology, cloud, { ledger }));
    expect(ours(cloud)).toEqual([]);
  });

  it('waits until a thing is really gone before it removes what that one held', async () => {
    const { cloud, ledger } = await rebuilt();
    const dying = cloud.things('boards').find((one) => one['name'] === 'other');
    let looks = 0;
    cloud.before = (call) => {
      // As a server does: it says that it goes, and stays a while.
      if (call.method === 'DELETE' && call.path === `/boards/${dying?.id}`) throw new Gone();
      if (call.method === 'GET' && call.path === `/boards/${dying?.id}` && (looks += 1) === 2) {
        cloud.before = () => undefined;
        void cloud.asCloud().network.delete(call.path);
      }
    };
    const types = registry([
      ...smallTypes.filter((type) => type !== board),
      { ...board, remove: (at, id, kept, to) => quietly(board.remove?.(at, id, kept, to)) },
    ]);
    expect((await removeAll(run(topology, cloud, { ledger, registry: types }))).left).toEqual([]);
    expect(looks).toBe(2);
    expect(ours(cloud)).toEqual([]);
  });

  it('takes back first what would refuse the removal of others', async () => {
    const { cloud, ledger } = await rebuilt();
    const ids = new Map(cloud.things('racks').map((one) => [one['name'], one.id]));
    const north = cloud.things('racks').find((one) => one['name'] === 'north' && !one.id.startsWith('their'));
    cloud.put('racks', { ...north, route: ids.get('south') });
    const south = cloud.things('racks').find((one) => one['name'] === 'south');
    cloud.put('racks', { ...south, route: north?.id });
    expect((await removeAll(run(topology, cloud, { ledger }))).left).not.toEqual([]);
    const loosening = registry([
      ...smallTypes.filter((type) => type !== rack),
      { ...rack, loosen: (at, id) => at.network.put(`/racks/${id}`, { route: null }) },
    ]);
    expect((await removeAll(run(topology, cloud, { ledger, registry: loosening }))).left).toEqual([]);
    expect(ours(cloud)).toEqual([]);
  });
});

class Gone extends Error {}
const quietly = (work: Promise<void> | undefined): Promise<void> =>
  (work ?? Promise.resolve()).catch((thrown: unknown) => {
    if (!(thrown instanceof Gone)) throw thrown;
  });
