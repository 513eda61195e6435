import { openCloud } from '@lifeboat/openstack-client';
import type { Cloud } from '@lifeboat/openstack-client';
import { topology } from '@lifeboat/openstack-entity-api';
import type { Entity, Target } from '@lifeboat/openstack-entity-api';
import { startSimulator } from '@lifeboat/openstack-simulator';
import type { Simulator } from '@lifeboat/openstack-simulator';
import { giveLooks, mappedMembers, membersOf, takeLooksBack } from './image-looks.ts';

const kept = (more: Record<string, unknown> = {}, own = true): Entity => ({
  kind: 'image',
  id: 'source-image',
  name: 'shop',
  spec: { visibility: 'shared', protected: true, members: ['known', 'unknown'], ...more } as Entity['spec'],
  refs: {},
  observed: { own },
});

const inRun = (runId: string): Target =>
  ({
    mapped: (rule: string, name: string) => (rule === 'project' && name === 'known' ? 'their-project' : name),
    mark: { runId, origin: 'o', text: 't' },
    all: topology([]),
  }) as unknown as Target;

describe('the looks of an image replica', () => {
  let simulator: Simulator;
  let cloud: Cloud;
  let id: string;
  beforeEach(async () => {
    simulator = await startSimulator({ gibBytes: 64 * 1024, imageBytes: 64 * 1024, guestEveryMs: 0, delayMs: 2 });
    const { auth, region_name: region } = simulator.cloudsYamlEntry();
    cloud = openCloud({
      name: 'there',
      authUrl: auth.auth_url.replace(/\/v3$/, ''),
      region,
      interface: 'public',
      caFile: undefined,
      verify: true,
      auth: {
        type: 'password',
        username: auth.username,
        password: auth.password,
        userDomain: 'Default',
        project: { name: auth.project_name, domain: 'Default' },
      },
    });
    id = await replica({ lifeboat_purpose: 'image-replica' });
  });
  afterEach(async () => {
    await cloud.close();
    await simulator.stop();
  });

  const replica = async (more: Record<string, unknown>): Promise<string> =>
    (await cloud.image.post<{ id: string }>('/images', { name: 'shop', visibility: 'private', ...more })).id;
  const looks = async (image = id): Promise<unknown> => {
    const { visibility, protected: isProtected } = await cloud.image.get<Record<string, unknown>>(`/images/${image}`);
    return [visibility, isProtected];
  };

  it('are its original’s: shared with the projects that the mappings name, and protected', async () => {
    await giveLooks(cloud, id, kept(), inRun('one'));
    await giveLooks(cloud, id, kept(), inRun('one'));
    expect(await looks()).toEqual(['shared', true]);
    expect(await membersOf(cloud, id)).toEqual(['their-project']);
    expect(mappedMembers(kept(), inRun('one'))).toEqual([{ id: 'known', there: 'their-project' }, { id: 'unknown' }]);
  });

  it('stay while another run holds them, and go with the last one', async () => {
    await giveLooks(cloud, id, kept(), inRun('failover'));
    await giveLooks(cloud, id, kept(), inRun('drill'));
    await takeLooksBack(cloud, id, inRun('drill'));
    expect(await looks()).toEqual(['shared', true]);
    await takeLooksBack(cloud, id, inRun('failover'));
    await takeLooksBack(cloud, id, inRun('failover'));
    expect(await looks()).toEqual(['private', false]);
    expect(await cloud.image.delete(`/images/${id}`)).toBe(true);
  });

  it('are left as they are where the image stood there, or its original is not the project’s own', async () => {
    const theirs = await replica({});
    await giveLooks(cloud, theirs, kept(), inRun('one'));
    await takeLooksBack(cloud, theirs, inRun('one'));
    await giveLooks(cloud, id, kept({}, false), inRun('one'));
    await giveLooks(cloud, id, kept({ visibility: 'public', protected: false }), inRun('one'));
    expect([await looks(theirs), await looks()]).toEqual([
      ['private', false],
      ['private', false],
    ]);
  });
});
