import type { SmallCloud } from './fixtures/small-cloud.ts';
import { captured, ours, run, source, target } from './fixtures/small-run.ts';
import type { Topology } from './entity.ts';
import { MemoryLedger } from './ledger.ts';
import { rebuild } from './rebuild.ts';
import { removeAll } from './remove.ts';

const boards = (cloud: SmallCloud) =>
  cloud
    .things('boards')
    .filter(({ id }) => !id.startsWith('their'))
    .map((one) => (one['metadata'] as { role?: string }).role ?? 'other')
    .sort();
const board = (...ids: readonly string[]) => ids.map((id) => ({ kind: 'board', id }));

let topology: Topology;
beforeAll(async () => {
  topology = await captured(source());
});

describe('what is withheld from a recreation', () => {
  it('is made by the call that withholds it no more, and nothing is made twice', async () => {
    const cloud = target();
    const ledger = new MemoryLedger();
    const all = topology.entities.length;
    expect(await rebuild(run(topology, cloud, { ledger }), board('b-1', 'b-2', 'b-3'))).toBe(all - 3);
    expect(boards(cloud)).toEqual([]);
    const racks = ours(cloud);
    await rebuild(run(topology, cloud, { ledger }), board('b-1', 'b-2'));
    expect(boards(cloud)).toEqual(['other']);
    await rebuild(run(topology, cloud, { ledger }), board('b-1', 'b-2'));
    expect(boards(cloud)).toEqual(['other']);
    expect(await rebuild(run(topology, cloud, { ledger }))).toBe(all);
    expect(boards(cloud)).toEqual(['one', 'other', 'two']);
    expect(ours(cloud)).toEqual(expect.arrayContaining([...racks]));
    expect(ours(cloud)).toHaveLength(racks.length + 3);
  });

  it('keeps back what cannot be made without it, and what it belongs to from its last touches', async () => {
    const cloud = target();
    const ledger = new MemoryLedger();
    await rebuild(run(topology, cloud, { ledger }), [{ kind: 'rack', id: 'r-1' }]);
    expect(boards(cloud)).toEqual(['other']);
    expect(cloud.things('cables')).toEqual([]);
    const again = target();
    await rebuild(run(topology, again, { ledger: new MemoryLedger() }), board('b-3'));
    const power = (name: string) =>
      again.things('racks').find((one) => one['name'] === name && !one.id.startsWith('their'))?.['power'];
    expect([power('north'), power('south')]).toEqual(['on', 'off']);
  });

  it('is no trouble to a removal in between', async () => {
    const cloud = target();
    const ledger = new MemoryLedger();
    await rebuild(run(topology, cloud, { ledger }), board('b-1'));
    expect((await removeAll(run(topology, cloud, { ledger }))).left).toEqual([]);
    expect(ours(cloud)).toEqual([]);
  });
});
