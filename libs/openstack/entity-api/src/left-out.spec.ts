import { conflict, forbidden, unavailable } from '@lifeboat/kernel';
import { captureProject } from './capture.ts';
import { detected } from './detected.ts';
import { entity } from './entity.ts';
import type { Live } from './entity.ts';
import { captured, run, seal, source, target } from './fixtures/small-run.ts';
import { rack, smallTypes } from './fixtures/small-types.ts';
import { MemoryLedger } from './ledger.ts';
import { leftOutWarnings } from './preflight.ts';
import { rebuild } from './rebuild.ts';
import { RunState } from './run-state.ts';
import { receipt, totalsOf } from './receipt.ts';
import { registry } from './registry.ts';
import { removeAll } from './remove.ts';

const captureSticker = (live: Live) => ({
  id: live.id,
  name: String(live['name']),
  spec: {},
  refs: { rack: { kind: 'rack', id: String(live['rack']) } },
  observed: {},
});

/** A type that is only detected, and comes with its rack. */
const sticker = entity({
  kind: 'sticker',
  service: 'network',
  schema: 1,
  summary: 'Detected only.',
  provision: 'reported',
  reported: 'stickers do not come off',
  list: (cloud) => cloud.network.list<Live>('/stickers', 'stickers'),
  get: () => Promise.resolve(undefined),
  capture: captureSticker,
  belongsTo: ['rack'],
  examples: [{ live: { id: 's', name: 'red', rack: 'r' }, keeps: captureSticker({ id: 's', name: 'red', rack: 'r' }) }],
});

async function recovered(types = registry([...smallTypes, sticker])) {
  const here = source();
  here.put('stickers', { id: 's-1', name: 'red', rack: 'r-1' });
  const all = await captured(here, types);
  const there = target();
  const work = run(all, there, { registry: types, ledger: new MemoryLedger() });
  const warnings = await leftOutWarnings(await RunState.load(work));
  await rebuild(work);
  const state = await RunState.load(work);
  const made = [...state.entries.values()].flatMap(({ ref, targetId }) =>
    targetId === undefined ? [] : [{ kind: ref.kind, id: targetId }],
  );
  return { all, types, there, work, warnings, lines: receipt(all, await captured(there, types, made), state) };
}

describe('what is not carried', () => {
  it('is counted for the project, with its reason', async () => {
    const { all, types } = await recovered();
    expect(detected(all, types)).toEqual([
      { kind: 'sticker', count: 1, names: ['red'], why: 'stickers do not come off' },
    ]);
  });

  it('is said before a run and in the receipt, and holds nothing up', async () => {
    const { warnings, lines, there, work } = await recovered();
    expect(warnings).toEqual([
      { code: 'not-carried', where: 'sticker red (s-1)', message: 'stickers do not come off' },
    ]);
    expect(lines.find(({ kind }) => kind === 'sticker')?.fields).toEqual([
      { field: '(all)', outcome: 'dropped', why: 'stickers do not come off' },
    ]);
    expect(totalsOf(lines).unexplained).toBe(0);
    expect(there.things('stickers')).toEqual([]);
    // Its rack was finished although it never stands.
    expect(there.things('racks').filter(({ power }) => power === 'off')).toEqual([]);
    expect((await removeAll(work)).left).toEqual([]);
  });

  it('may depend on the target: then only what it has no place for is left out', async () => {
    const choosy = entity({
      ...rack,
      declines: (_cloud, kept) => Promise.resolve(kept.id === 'r-2' ? 'there is one rack only' : undefined),
    });
    const { warnings, lines } = await recovered(
      registry([...smallTypes.filter(({ kind }) => kind !== 'rack' && kind !== 'board' && kind !== 'cable'), choosy]),
    );
    expect(warnings.map(({ message }) => message)).toEqual(['there is one rack only']);
    expect(lines.map(({ sourceId, fields }) => [sourceId, fields[0]?.outcome])).toEqual(
      expect.arrayContaining([
        ['r-1', 'carried'],
        ['r-2', 'dropped'],
      ]),
    );
  });

  it('may be known only when the target refuses it: then it is left out, and any other refusal stops the run', async () => {
    const choosy = entity({
      ...rack,
      leavesOut: (refusal) => (refusal.kind === 'conflict' ? refusal.message : undefined),
    });
    const others = smallTypes.filter(({ kind }) => !['rack', 'board', 'cable'].includes(kind));
    const types = registry([...others, choosy]);
    const refusing = async (refusal: Error) => {
      const there = target();
      there.before = ({ method, path }) => {
        if (method === 'POST' && path === '/racks') throw refusal;
      };
      const work = run(await captured(source(), types), there, { registry: types });
      await rebuild(work);
      return { work, state: await RunState.load(work) };
    };
    const { work, state } = await refusing(conflict('openstack-conflict', 'the name is taken'));
    expect(state.entry({ kind: 'rack', id: 'r-1' })?.how).toBe('left out: the name is taken');
    expect((await removeAll(work)).left).toEqual([]);
    await expect(refusing(forbidden('openstack-forbidden', 'not for you'))).rejects.toThrow('not for you');
  });

  it('does not stop the capture of the rest when its service fails', async () => {
    const failing = entity({
      ...sticker,
      list: () => {
        throw unavailable('openstack-unavailable', 'no answer');
      },
    });
    const snapshot = await captureProject({
      cloud: source().asCloud(),
      registry: registry([...smallTypes, failing]),
      seal,
    });
    expect(snapshot.all.of('rack')).toHaveLength(2);
    expect(snapshot.skipped).toContainEqual(
      expect.objectContaining({ kind: 'sticker', why: 'it could not be listed: no answer' }),
    );
  });

  it('must say why: a type that is only detected without a reason is refused at start', () => {
    const { reported: _, ...silent } = sticker;
    expect(() => registry([...smallTypes, silent])).toThrow(/why it is not carried/);
  });
});
