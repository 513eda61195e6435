import { captured, ours, run, source, target, theirs } from './fixtures/small-run.ts';
import { MemoryLedger } from './ledger.ts';
import type { Topology } from './entity.ts';
import { rebuild } from './rebuild.ts';
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
    expect(first.left).toEqual([expect.objectContaining({ kind: 'rack', id: rack?.id, why: expect.stringContaining('their-guest') })]);
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
    const board = cloud.things('boards').find((one) => (one['metadata'] as { role?: string }).role === 'one' && !one.id.startsWith('their'));
    cloud.put('boards', { ...board, id: 'late-double' });
    await removeAll(run(topology, cloud, { ledger }));
    expect(ours(cloud)).toEqual([]);
  });
});
