import { captureGroup, captureProject } from './capture.ts';
import { captured, seal, source } from './fixtures/small-run.ts';
import { SmallCloud } from './fixtures/small-cloud.ts';
import { rack, smallTypes } from './fixtures/small-types.ts';
import { registry } from './registry.ts';
import { forbidden } from '@lifeboat/kernel';

const types = registry(smallTypes);
const project = (cloud: SmallCloud, of = types) => captureProject({ cloud: cloud.asCloud(), registry: of, seal });

describe('capturing', () => {
  it('reads a whole project by one list per type, and nothing one by one', async () => {
    const cloud = source();
    expect((await project(cloud)).all.entities).toHaveLength(7);
    expect(cloud.calls.map((call) => `${call.method} ${call.path}`).sort()).toEqual([
      'LIST /boards',
      'LIST /cables',
      'LIST /models',
      'LIST /racks',
    ]);
  });

  it('seals secrets before they leave', async () => {
    const boards = (await captured(source())).of('board');
    expect(JSON.stringify(boards)).not.toContain('s3cret');
    expect(boards.find((one) => one.id === 'b-1')?.spec['secret']).toEqual(seal('s3cret'));
  });

  it('answers the same for the same cloud', async () => {
    expect((await captured(source())).entities).toEqual((await captured(source())).entities);
  });

  it("captures a recovered object equal to what it stands for: our marks are not the workload's", async () => {
    const cloud = source();
    cloud.put('racks', {
      id: 'r-1',
      name: 'north',
      description: 'lifeboat:run-0:here/rack/x',
      tags: ['a', 'lifeboat-run=run-0', 'lifeboat-origin=x'],
    });
    cloud.put('boards', {
      id: 'b-1',
      name: 'twin',
      rack: 'r-1',
      model: 'm-1',
      secret: '',
      metadata: { role: 'one', lifeboat_run: 'run-0', lifeboat_origin: 'here/board/x' },
    });
    const { all } = await project(cloud);
    expect(all.get({ kind: 'rack', id: 'r-1' })?.spec).toEqual({ description: '', tags: ['a'] });
    expect(all.get({ kind: 'board', id: 'b-1' })?.spec['metadata']).toEqual({ role: 'one' });
  });

  it('reads by id only what is referred to and not listed', async () => {
    const cloud = source();
    const foreign = registry([
      ...smallTypes.filter((type) => type.kind !== 'model'),
      { ...smallTypes[2], list: async function* () {} } as typeof rack,
    ]);
    const { all } = await project(cloud, foreign);
    expect(all.get({ kind: 'model', id: 'm-1' })?.name).toBe('m1');
    expect(cloud.calls.filter((call) => call.method === 'GET').map((call) => call.path)).toEqual(['/models/m-1']);
  });

  it('says what credentials could not see', async () => {
    const cloud = new SmallCloud('here', false);
    cloud.put('boards', { id: 'b', name: 'b' });
    expect((await project(cloud)).all.of('board')[0]?.unseen).toEqual([
      { field: 'secret', reason: 'needs admin rights' },
    ]);
  });

  it('says which services are absent instead of failing', async () => {
    const withImages = registry([...smallTypes, { ...rack, kind: 'picture', service: 'image' }]);
    expect((await project(source(), withImages)).absentServices).toEqual(['image']);
  });

  it('says what it skipped and why', async () => {
    const skipping = registry([
      ...smallTypes.filter((type) => type !== rack),
      { ...rack, skip: (live) => (live['name'] === 'south' ? 'made by the cloud itself' : undefined) },
    ]);
    expect((await project(source(), skipping)).skipped).toEqual([
      { kind: 'rack', id: 'r-2', name: 'south', why: 'made by the cloud itself' },
    ]);
  });

  it('goes on without a type whose list these credentials may not see, and says so', async () => {
    const cloud = source();
    cloud.before = (call) => {
      if (call.path === '/cables') throw forbidden('openstack-forbidden', 'Not for you.');
    };
    const snapshot = await project(cloud);
    expect(snapshot.all.of('board')).toHaveLength(3);
    expect(snapshot.skipped).toContainEqual(
      expect.objectContaining({ kind: 'cable', why: expect.stringContaining('Not for you') }),
    );
  });

  it('reports a chosen member that is not there', async () => {
    const found = captureGroup(await project(source()), types, [{ kind: 'rack', id: 'never-was' }]);
    expect(found.missing.map(({ as, ref }) => [as, ref.id])).toEqual([['member', 'never-was']]);
  });
});
