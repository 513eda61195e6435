import { conflict } from '@lifeboat/kernel';
import { captured, ours, run, source, target } from './fixtures/small-run.ts';
import { smallTypes } from './fixtures/small-types.ts';
import { rebuild } from './rebuild.ts';
import { registry } from './registry.ts';
import { removeAll } from './remove.ts';

const busy = registry(smallTypes.map((type) => ({ ...type, busy: (refusal) => refusal.message === 'not now' })));

/** A cloud that refuses the first call of a method on each path. */
function refusing(method: string, message: string): ReturnType<typeof target> {
  const cloud = target();
  const refused = new Set<string>();
  const { before } = cloud;
  cloud.before = (call) => {
    before(call);
    if (call.method !== method || refused.has(call.path)) return;
    refused.add(call.path);
    throw conflict('openstack-conflict', message);
  };
  return cloud;
}

describe('a refusal that says that the cloud is busy', () => {
  it.each(['POST', 'PUT', 'DELETE'])('to a %s is waited for, and what it refused is done once', async (method) => {
    const [all, cloud] = [await captured(source()), refusing(method, 'not now')];
    const rebuilding = { ...run(all, cloud), registry: busy };
    await rebuild(rebuilding);
    expect(ours(cloud)).toHaveLength(6);
    expect((await removeAll(rebuilding)).left).toEqual([]);
    expect(ours(cloud)).toEqual([]);
  });

  it('is no other refusal: those are not asked again', async () => {
    const [all, cloud] = [await captured(source()), refusing('POST', 'never')];
    await expect(rebuild({ ...run(all, cloud), registry: busy })).rejects.toThrow('never');
  });
});
