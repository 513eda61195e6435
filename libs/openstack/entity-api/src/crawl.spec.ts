import { forbidden, unavailable } from '@lifeboat/kernel';
import { crawl } from './crawl.ts';
import type { Page } from './crawl.ts';
import type { EntityType, Live } from './entity.ts';
import { seal } from './fixtures/small-run.ts';
import { SmallCloud } from './fixtures/small-cloud.ts';
import { model, rack, smallTypes } from './fixtures/small-types.ts';
import { registry } from './registry.ts';

const MANY = 2_000;

function shelves(racks: number): SmallCloud {
  const cloud = new SmallCloud('here');
  for (let n = 0; n < racks; n++) cloud.put('racks', { id: `r-${n}`, name: `rack ${n}`, description: '', tags: [] });
  return cloud;
}

/** Racks whose description tells how many models there are: the list of models is needed for it. */
const counting = (): EntityType => {
  const told = async function* (cloud: Parameters<EntityType['list']>[0], count: number): AsyncGenerator<Live> {
    for await (const live of rack.list(cloud, { projectId: 'p', isAdmin: true }))
      yield { ...live, description: `${count} models` };
  };
  return {
    ...rack,
    list: async function* (cloud, scope) {
      let count = 0;
      for await (const _ of model.list(cloud, scope)) count++;
      yield* told(cloud, count);
    },
    gather: {
      from: ['model'],
      begin: () => {
        let count = 0;
        return { see: () => void count++, list: (cloud) => told(cloud, count) };
      },
    },
  };
};

describe('a crawl', () => {
  const reading = async (cloud: SmallCloud, types: readonly EntityType[] = smallTypes) => {
    const pages: Page[] = [];
    const options = { cloud: cloud.asCloud(), registry: registry(types), seal };
    const crawled = await crawl(options, async (page) => void pages.push(page));
    return { pages, crawled, entities: pages.flatMap((page) => page.entities) };
  };
  const calls = (cloud: SmallCloud) => cloud.calls.map(({ method, path }) => `${method} ${path}`).sort();

  it('gives what it reads page by page, and knows of all of it afterwards that it was there', async () => {
    const { pages, crawled } = await reading(shelves(MANY));
    expect(pages.length).toBeGreaterThan(3);
    expect(pages.reduce((sum, page) => sum + page.entities.length, 0)).toBe(MANY);
    expect([crawled.saw({ kind: 'rack', id: 'r-1999' }), crawled.saw({ kind: 'rack', id: 'r-2000' })]).toEqual([
      true,
      false,
    ]);
  });

  it('reads one page further while a page of a list is worked on, and no more', async () => {
    let read = 0;
    const counted: EntityType = {
      ...rack,
      list: async function* (of, scope) {
        for await (const live of rack.list(of, scope)) {
          read++;
          yield live;
        }
      },
    };
    let [taken, working, furthest] = [0, 0, 0];
    await crawl({ cloud: shelves(MANY).asCloud(), registry: registry([counted]), seal }, async ({ entities }) => {
      expect(++working).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 2));
      taken += entities.length;
      furthest = Math.max(furthest, (read - taken) / entities.length);
      working--;
    });
    expect([taken, furthest]).toEqual([MANY, 1]);
  });

  it('gives no page after one that could not be stored', async () => {
    let given = 0;
    const options = { cloud: shelves(MANY).asCloud(), registry: registry([rack]), seal };
    const full = async () => {
      if (++given === 2) throw unavailable('database-away', 'The database is away.');
    };
    await expect(crawl(options, full)).rejects.toMatchObject({ code: 'database-away' });
    expect(given).toBe(2);
  });

  it('shows a list to those that need it, and reads it once', async () => {
    const cloud = shelves(1);
    cloud.put('models', { name: 'm1', cores: 1 });
    const { entities } = await reading(cloud, [counting(), model]);
    expect(entities.find(({ kind }) => kind === 'rack')?.spec['description']).toBe('1 models');
    expect(calls(cloud)).toEqual(['LIST /models', 'LIST /racks']);
  });

  it('does not build on a list that could not be read', async () => {
    const cloud = shelves(1);
    cloud.before = ({ path }) => {
      if (path === '/models') throw forbidden('openstack-forbidden', 'Not for you.');
    };
    const { crawled, entities } = await reading(cloud, [counting(), model]);
    expect([...crawled.unlisted].sort()).toEqual(['model', 'rack']);
    expect(entities).toEqual([]);
  });

  it('ends where a page cannot be stored, also one of what is only counted', async () => {
    const counted: EntityType = { ...rack, provision: 'reported', reported: 'it is only counted' };
    const options = { cloud: shelves(1).asCloud(), registry: registry([counted]), seal };
    const full = () => Promise.reject(unavailable('database-away', 'The database is away.'));
    await expect(crawl(options, full)).rejects.toMatchObject({ code: 'database-away' });
  });
});
