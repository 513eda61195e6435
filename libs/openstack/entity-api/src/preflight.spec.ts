import { captured, run, source, target } from './fixtures/small-run.ts';
import { board, smallTypes } from './fixtures/small-types.ts';
import { bodyBlockers, mappingBlockers, quotaBlockers, stateBlockers, unseenWarnings } from './preflight.ts';
import { RunState } from './run-state.ts';
import { registry } from './registry.ts';
import { topology } from './topology.ts';

const state = async (cloud = target(), types = registry(smallTypes)) =>
  RunState.load(run(await captured(source()), cloud, { registry: types }));

describe('the pre-flight', () => {
  it('finds nothing to say about a target that can take all', async () => {
    const ready = await state();
    expect(await mappingBlockers(ready)).toEqual([]);
    expect(quotaBlockers(ready, new Map([['network:rack', { limit: 2, used: 0 }]]))).toEqual([]);
    expect(stateBlockers(ready)).toEqual([]);
  });

  it('names what has to stand at the target and does not, and how to mend it', async () => {
    const cloud = target();
    cloud.put('models', { id: 'their-m1', name: 'renamed' });
    expect(await mappingBlockers(await state(cloud))).toEqual([
      expect.objectContaining({
        code: 'model-missing',
        where: expect.stringContaining('m1'),
        mend: expect.stringContaining('map'),
      }),
    ]);
  });

  it('sums what all would use against what is left, and takes no limit for none', async () => {
    const ready = await state();
    expect(quotaBlockers(ready, new Map([['network:rack', { limit: 3, used: 2 }]]))).toEqual([
      expect.objectContaining({ code: 'quota-too-small', message: '2 are needed, 1 are left of 3.' }),
    ]);
    expect(quotaBlockers(ready, new Map([['network:rack', { limit: -1, used: 900 }]]))).toEqual([]);
  });

  it('refuses what was captured in a state that cannot be recreated', async () => {
    const picky = registry([
      ...smallTypes.filter((type) => type !== board),
      {
        ...board,
        refuses: (kept) => (kept.name === 'other' ? { code: 'board-broken', message: 'It is broken.' } : undefined),
      },
    ]);
    expect(stateBlockers(await state(target(), picky)).map(({ code, where }) => [code, where])).toEqual([
      ['board-broken', 'board other (b-3)'],
    ]);
  });

  it('finds a reference that a body needs and nobody captured', async () => {
    const all = await captured(source());
    const holed = topology(all.entities.filter((one) => one.id !== 'r-2'));
    const found = bodyBlockers(await RunState.load(run(holed, target())));
    expect(found.map(({ code, where }) => `${code}: ${where}`).sort()).toEqual([
      'reference-missing: board other (b-3)',
      'reference-missing: cable (no name) (c-1)',
    ]);
    expect(bodyBlockers(await state())).toEqual([]);
  });

  it('warns of what could not be read', async () => {
    const ready = await state();
    const blind = topology(
      ready.run.topology.entities.map((one) =>
        one.id === 'b-1' ? { ...one, unseen: [{ field: 'secret', reason: 'needs admin rights' }] } : one,
      ),
    );
    expect(unseenWarnings({ run: { ...ready.run, topology: blind } })).toEqual([
      expect.objectContaining({ code: 'field-unseen', where: 'board twin (b-1)' }),
    ]);
  });
});
