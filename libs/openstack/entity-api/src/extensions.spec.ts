import type { Cloud } from '@lifeboat/openstack-client';
import { captureProject } from './capture.ts';
import { entity } from './entity.ts';
import type { Live, Ref } from './entity.ts';
import { captured, run, seal, source, target } from './fixtures/small-run.ts';
import { smallTypes } from './fixtures/small-types.ts';
import { leftOutWarnings } from './preflight.ts';
import { rebuild } from './rebuild.ts';
import { RunState } from './run-state.ts';
import { receipt } from './receipt.ts';
import { registry } from './registry.ts';
import { removeAll } from './remove.ts';
import { findStrangers } from './strangers.ts';

const captureLamp = (live: Live) => ({
  id: live.id,
  name: String(live['name']),
  spec: {},
  refs: { rack: { kind: 'rack', id: String(live['rack']) } },
  observed: {},
});

/** A type of an extension, which comes with its rack. */
const lamp = entity({
  kind: 'lamp',
  service: 'network',
  extension: 'lighting',
  schema: 1,
  summary: 'Needs an extension.',
  provision: 'created',
  list: (cloud) => cloud.network.list<Live>('/lamps', 'lamps'),
  get: (cloud, id) => cloud.network.get<Live>(`/lamps/${id}`),
  capture: captureLamp,
  belongsTo: ['rack'],
  candidates: (cloud) => cloud.network.list<Live>('/lamps', 'lamps'),
  body: (kept, to) => ({ name: kept.name, description: to.mark.text, rack: to.id(kept.refs['rack'] as Ref) }),
  create: async (cloud, body) => (await cloud.network.post<Live>('/lamps', body)).id,
  remove: async (cloud, id) => void (await cloud.network.delete(`/lamps/${id}`)),
  examples: [{ live: { id: 'l', name: 'top', rack: 'r' }, keeps: captureLamp({ id: 'l', name: 'top', rack: 'r' }) }],
});
const types = registry([...smallTypes, lamp]);

function clouds(has: { readonly here: boolean; readonly there: boolean }) {
  const [here, there] = [source(), target()];
  here.put('lamps', { id: 'l-1', name: 'top', rack: 'r-1' });
  if (has.here) here.put('extensions', { id: 'x', alias: 'lighting' });
  if (has.there) there.put('extensions', { id: 'x', alias: 'lighting' });
  return { here, there };
}

const lampCalls = (cloud: ReturnType<typeof source>): readonly string[] =>
  cloud.calls.filter(({ path }) => path.startsWith('/lamps')).map(({ method }) => method);

describe('a type of an extension', () => {
  it('is an absent service where the cloud lacks it, and is not asked for', async () => {
    const { here } = clouds({ here: false, there: true });
    const { all, absentServices, skipped } = await captureProject({ cloud: here.asCloud(), registry: types, seal });
    expect(all.of('lamp')).toEqual([]);
    expect(absentServices).toContain('network/lighting');
    expect(skipped.filter(({ kind }) => kind === 'lamp')).toEqual([]);
    expect(lampCalls(here)).toEqual([]);
  });

  it('is made where both clouds have it', async () => {
    const { here, there } = clouds({ here: true, there: true });
    const work = run(await captured(here, types), there, { registry: types });
    expect(await leftOutWarnings(await RunState.load(work))).toEqual([]);
    await rebuild(work);
    expect(there.things('lamps').map(({ name }) => name)).toEqual(['top']);
    expect((await removeAll(work)).left).toEqual([]);
    expect(there.things('lamps')).toEqual([]);
  });

  it('is left out with its reason where the target lacks it, and all else goes on', async () => {
    const { here, there } = clouds({ here: true, there: false });
    const all = await captured(here, types);
    const work = run(all, there, { registry: types });
    const why = 'there has no place for it: its network service lacks the extension "lighting"';
    expect((await leftOutWarnings(await RunState.load(work))).map(({ message }) => message)).toEqual([why]);
    await rebuild(work);
    const state = await RunState.load(work);
    const lines = receipt(all, await captured(there, types), state).find(({ kind }) => kind === 'lamp')?.fields;
    expect(lines).toEqual([{ field: '(all)', outcome: 'dropped', why }]);
    expect(await findStrangers(state)).toEqual({ orphans: [], doubles: [] });
    expect((await removeAll(work)).left).toEqual([]);
    expect(lampCalls(there)).toEqual([]);
  });

  it('is left out with its reason where the target has no such service at all', async () => {
    const { extension: _, ...plain } = lamp;
    const served = registry([...smallTypes, entity({ ...plain, service: 'dns' })]);
    const { here, there } = clouds({ here: true, there: true });
    const bare: Cloud = { ...there.asCloud(), has: (name) => Promise.resolve(name !== 'dns') };
    const work = { ...run(await captured(here, served), there, { registry: served }), cloud: bare };
    const why = 'there has no place for it: it has no dns service';
    expect((await leftOutWarnings(await RunState.load(work))).map(({ message }) => message)).toEqual([why]);
    await rebuild(work);
    expect((await removeAll(work)).left).toEqual([]);
    expect(lampCalls(there)).toEqual([]);
  });

  it('is looked for once in a capture, however many types need one', async () => {
    const { here } = clouds({ here: true, there: true });
    const twice = registry([...smallTypes, lamp, entity({ ...lamp, kind: 'torch', extension: 'fire' })]);
    await captureProject({ cloud: here.asCloud(), registry: twice, seal });
    expect(here.calls.filter(({ path }) => path === '/extensions')).toHaveLength(1);
  });
});

describe('what refers to an entity that is left out', () => {
  const captureShelf = (live: Live) => ({
    ...captureLamp(live),
    refs: live['lamp'] === undefined ? {} : { lamp: { kind: 'lamp', id: String(live['lamp']) } },
  });
  const { extension: _, ...lampEverywhere } = lamp;
  const shelf = entity({
    ...lampEverywhere,
    kind: 'shelf',
    list: (cloud) => cloud.network.list<Live>('/shelves', 'shelves'),
    get: (cloud, id) => cloud.network.get<Live>(`/shelves/${id}`),
    capture: captureShelf,
    belongsTo: ['lamp'],
    candidates: (cloud) => cloud.network.list<Live>('/shelves', 'shelves'),
    body: (kept, to) => ({
      name: kept.name,
      description: to.mark.text,
      lamp: to.maybe(kept.refs['lamp'] as Ref),
    }),
    create: async (cloud, body) => (await cloud.network.post<Live>('/shelves', body)).id,
    examples: [{ live: { id: 's', name: 'low', lamp: 'l' }, keeps: captureShelf({ id: 's', name: 'low', lamp: 'l' }) }],
  });

  async function recovered(needs: readonly string[]) {
    const { here, there } = clouds({ here: true, there: false });
    here.put('shelves', { id: 's-1', name: 'low', lamp: 'l-1' });
    const both = registry([...smallTypes, lamp, { ...shelf, needs }]);
    const work = run(await captured(here, both), there, { registry: both });
    const warned = (await leftOutWarnings(await RunState.load(work))).map(({ where }) => where.split(' ')[0]);
    await rebuild(work);
    const state = await RunState.load(work);
    const made = there.things('shelves').map(({ id }) => ({ kind: 'shelf', id }));
    const lines = receipt(work.topology, await captured(there, both, made), state);
    return { warned, there, fields: lines.find(({ kind }) => kind === 'shelf')?.fields };
  }

  it('goes without it, and the receipt says so', async () => {
    const { warned, there, fields } = await recovered([]);
    expect(warned).toEqual(['lamp']);
    expect(there.things('shelves')).toHaveLength(1);
    expect(fields).toContainEqual({ field: 'refs.lamp', outcome: 'dropped', why: 'left out: lamp/l-1' });
    expect(fields?.filter(({ outcome }) => outcome === 'unexplained')).toEqual([]);
  });

  it('is left out too where it would say something else without it', async () => {
    const { warned, there, fields } = await recovered(['lamp']);
    expect(warned).toEqual(['lamp', 'shelf']);
    expect(there.things('shelves')).toEqual([]);
    expect(fields?.map(({ outcome, why }) => [outcome, why?.slice(0, 27)])).toEqual([
      ['dropped', 'its lamp l-1 is left out: t'],
    ]);
  });
});
