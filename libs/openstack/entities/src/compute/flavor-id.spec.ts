import { TwoClouds } from '../simulated/two-clouds.ts';
import { flavorIdOf } from './flavor-id.ts';

describe('the id of a flavor by its name', () => {
  let clouds: TwoClouds;
  beforeAll(async () => void (clouds = await TwoClouds.start()));
  afterAll(() => clouds.stop());

  it('is asked for once by many servers, and again for a flavor that was only just made', async () => {
    const cloud = clouds.open(clouds.there, { username: 'admin', project: 'admin' });
    const lists = (): number => clouds.there.requests({ method: 'GET', path: '/flavors(\\?|$)' }).length;
    const ids = await Promise.all(Array.from({ length: 50 }, () => flavorIdOf(cloud, 'tiny')));
    ids.push(await flavorIdOf(cloud, 'tiny'));
    expect([new Set(ids).size, lists()]).toEqual([1, 1]);
    const { flavor } = await cloud.compute.post<{ flavor: { id: string } }>('/flavors', {
      flavor: { name: 'made just now', vcpus: 1, ram: 64, disk: 1 },
    });
    expect(await flavorIdOf(cloud, 'made just now')).toBe(flavor.id);
    expect(lists()).toBe(2);
    await expect(flavorIdOf(cloud, 'nowhere')).rejects.toMatchObject({ code: 'flavor-missing' });
  });
});
