import type { Captured, Live } from './entity.ts';
import { entity } from './entity.ts';
import { captured, run, source, target } from './fixtures/small-run.ts';
import { smallTypes } from './fixtures/small-types.ts';
import { MemoryLedger } from './ledger.ts';
import { markMetadata, userMetadata } from './mark.ts';
import { rebuild } from './rebuild.ts';
import { RunState } from './run-state.ts';
import { receipt, totalsOf } from './receipt.ts';
import { registry } from './registry.ts';
import { removeAll } from './remove.ts';

const captureLamp = (live: Live): Captured => ({
  id: live.id,
  name: String(live['name']),
  spec: { watts: Number(live['watts']), metadata: userMetadata(live['metadata']) },
  refs: { rack: { kind: 'rack', id: String(live['rack']) } },
  observed: {},
});

/** Everything that an added type takes. */
const lamp = entity({
  kind: 'lamp',
  service: 'network',
  schema: 1,
  summary: 'A lamp that hangs in a rack.',
  provision: 'created',
  list: (cloud) => cloud.network.list<Live>('/lamps', 'lamps'),
  candidates: (cloud) => cloud.network.list<Live>('/lamps', 'lamps'),
  get: (cloud, id) => cloud.network.get<Live>(`/lamps/${id}`),
  capture: captureLamp,
  belongsTo: ['rack'],
  body: (kept, to) => ({
    name: kept.name,
    ...kept.spec,
    rack: to.id({ kind: 'rack', id: (kept.refs['rack'] as { id: string }).id }),
    metadata: markMetadata(to.mark),
  }),
  create: async (cloud, body) => (await cloud.network.post<{ id: string }>('/lamps', body)).id,
  remove: async (cloud, id) => void (await cloud.network.delete(`/lamps/${id}`)),
  examples: [
    {
      live: { id: 'l', name: 'lamp', watts: 5, rack: 'r' },
      keeps: captureLamp({ id: 'l', name: 'lamp', watts: 5, rack: 'r' }),
    },
  ],
});

it('carries a type that is defined only here through capture, recovery, receipt and removal', async () => {
  const types = registry([...smallTypes, lamp]);
  const here = source();
  here.put('lamps', { id: 'l-1', name: 'reading lamp', watts: 12, rack: 'r-1' });
  const topology = await captured(here, types);
  expect(topology.of('lamp')).toHaveLength(1);

  const there = target();
  const work = run(topology, there, { registry: types, ledger: new MemoryLedger() });
  await rebuild(work);
  const state = await RunState.load(work);
  const stands = [...state.entries.values()].map(({ ref, targetId }) => ({ kind: ref.kind, id: targetId ?? '' }));
  const result = receipt(topology, await captured(there, types, stands), state);
  expect(result.find((one) => one.kind === 'lamp')?.fields.map((line) => [line.field, line.outcome])).toEqual(
    expect.arrayContaining([
      ['watts', 'carried'],
      ['refs.rack', 'carried'],
    ]),
  );
  expect(totalsOf(result).unexplained).toBe(0);

  await removeAll(work);
  expect(there.things('lamps')).toEqual([]);
});
