import { answerLost } from './fixtures/small-cloud.ts';
import type { SmallCloud } from './fixtures/small-cloud.ts';
import { captured, ours, run, source, target, theirs } from './fixtures/small-run.ts';
import { MemoryLedger } from './ledger.ts';
import type { LedgerEntry } from './ledger.ts';
import type { Live, Ref, Refs, Topology } from './entity.ts';
import { rack, smallTypes } from './fixtures/small-types.ts';
import { rebuild } from './rebuild.ts';
import { registry } from './registry.ts';
import { removeAll } from './remove.ts';
import { refKey } from './topology.ts';
import { setTimeout as pause } from 'node:timers/promises';

const MADE = 6; // two racks, three boards, one cable; the model is mapped
class Killed extends Error {}

let topology: Topology;
beforeAll(async () => {
  topology = await captured(source());
});

const untouched = theirs(target());

function expectOneOfEach(cloud: SmallCloud): void {
  expect(ours(cloud)).toHaveLength(MADE);
  expect(
    cloud
      .things('racks')
      .filter((one) => !one.id.startsWith('their'))
      .map((one) => String(one['name']))
      .sort(),
  ).toEqual(['north', 'south']);
  const boards = cloud.things('boards').filter((one) => !one.id.startsWith('their'));
  expect(boards.map((one) => (one['metadata'] as { role?: string }).role ?? '').sort()).toEqual(['', 'one', 'two']);
  expect(theirs(cloud)).toEqual(untouched);
}

/** Dies before or after its nth write, as a killed process would. */
class MortalLedger extends MemoryLedger {
  private writes = 0;
  /** The process was started again, and is killed no more. */
  restarted = false;

  constructor(private readonly dies: { readonly at: number; readonly when: 'before' | 'after' }) {
    super();
  }

  override async put(entry: LedgerEntry): Promise<void> {
    this.writes += 1;
    // Known before the wait: others write meanwhile.
    const dying = !this.restarted && this.writes === this.dies.at;
    if (dying && this.dies.when === 'before') throw new Killed();
    await super.put(entry);
    if (dying) throw new Killed();
  }
}

/** Runs `attempt` with ever later deaths until one run comes through; answers how many deaths there were. */
async function untilItLives(attempt: (at: number) => Promise<boolean>): Promise<number> {
  for (let at = 1; ; at += 1) if (await attempt(at)) return at - 1;
}

describe('rebuilding', () => {
  it('makes each entity once, with its own references, its secret and its last touches', async () => {
    const cloud = target();
    await rebuild(run(topology, cloud));
    expectOneOfEach(cloud);
    const north = cloud.things('racks').find((one) => one['name'] === 'north' && !one.id.startsWith('their'));
    expect(north).toMatchObject({ description: 'The north one', power: 'on' });
    expect(cloud.things('boards').find((one) => one['secret'] === 's3cret')).toMatchObject({
      rack: north?.id,
      model: 'their-m1',
    });
  });

  it('makes nothing a second time when it is called again', async () => {
    const cloud = target();
    const ledger = new MemoryLedger();
    await rebuild(run(topology, cloud, { ledger }));
    const posts = cloud.calls.filter((call) => call.method === 'POST').length;
    await rebuild(run(topology, cloud, { ledger }));
    expect(cloud.calls.filter((call) => call.method === 'POST')).toHaveLength(posts);
  });

  it.each(['before', 'after'] as const)(
    'makes one of each when it dies %s any write of the ledger and is called again',
    async (when) => {
      const deaths = await untilItLives(async (at) => {
        const cloud = target();
        const ledger = new MortalLedger({ at, when });
        const lived = await lives(rebuild(run(topology, cloud, { ledger })));
        ledger.restarted = true;
        await rebuild(run(topology, cloud, { ledger }));
        expectOneOfEach(cloud);
        expect((await removeAll(run(topology, cloud, { ledger }))).left).toEqual([]);
        expect(ours(cloud)).toEqual([]);
        return lived;
      });
      expect(deaths).toBeGreaterThanOrEqual(3 * MADE);
    },
  );

  it.each(['before', 'after'] as const)(
    'makes one of each when it dies %s any change at the cloud and is called again',
    async (when) => {
      const deaths = await untilItLives(async (at) => {
        const cloud = target();
        const ledger = new MemoryLedger();
        let changes = 0;
        cloud[when] = (call) => {
          if (call.method !== 'GET' && call.method !== 'LIST' && (changes += 1) === at) throw new Killed();
        };
        const lived = await lives(rebuild(run(topology, cloud, { ledger })));
        await rebuild(run(topology, cloud, { ledger }));
        expectOneOfEach(cloud);
        return lived;
      });
      expect(deaths).toBeGreaterThanOrEqual(MADE);
    },
  );

  it('leaves nothing behind when it dies anywhere and is only removed', async () => {
    await untilItLives(async (at) => {
      const cloud = target();
      const ledger = new MortalLedger({ at, when: 'before' });
      const lived = await lives(rebuild(run(topology, cloud, { ledger })));
      ledger.restarted = true;
      await removeAll(run(topology, cloud, { ledger }));
      expect(ours(cloud)).toEqual([]);
      expect(theirs(cloud)).toEqual(untouched);
      return lived;
    });
  });

  describe('by two processes', () => {
    /** What each holds; what a dead one held is free. */
    const handsOf = () => {
      const hands = new Map<string, string>();
      return (name: string, ledger: MemoryLedger) => ({
        async take(ref: Ref) {
          if ((hands.get(refKey(ref)) ?? name) !== name) return undefined;
          hands.set(refKey(ref), name);
          const entry = (await ledger.entries()).find((one) => refKey(one.ref) === refKey(ref));
          return entry ? { entry } : {};
        },
        release: async (ref: Ref) => void hands.delete(refKey(ref)),
      });
    };

    it('makes one of each, some by either', async () => {
      const [cloud, ledger, sharing] = [target(), new MemoryLedger(), handsOf()];
      const made: string[] = [];
      const at = (name: string): Promise<number> => {
        const own = run(topology, cloud, { ledger, shares: sharing(name, ledger), concurrent: 1 });
        const network = Object.create(own.cloud.network, {
          post: {
            value: async (path: string, body: unknown) => {
              made.push(name);
              await pause(5);
              return own.cloud.network.post(path, body);
            },
          },
        }) as typeof own.cloud.network;
        return rebuild({ ...own, cloud: { ...own.cloud, network } });
      };
      expect(await Promise.all([at('one'), at('other')])).toEqual([topology.entities.length, topology.entities.length]);
      expectOneOfEach(cloud);
      expect([...new Set(made)].sort()).toEqual(['one', 'other']);
    });
  });

  it('makes as many calls to find what is there for many as for few', async () => {
    const cloud = target();
    await rebuild(run(topology, cloud));
    const lists = cloud.calls.filter(({ method, path }) => method === 'LIST' && path === '/racks');
    expect(lists).toHaveLength(1);
  });

  it('finds by its mark what it made when the answer was lost', async () => {
    const cloud = target();
    let lost = 0;
    cloud.after = (call) => {
      if (call.method === 'POST' && (lost += 1) % 2 === 1) throw answerLost();
    };
    await rebuild(run(topology, cloud));
    expectOneOfEach(cloud);
  });

  it('comes back to a last touch whose answer was lost, and does not give the run up for it', async () => {
    const cloud = target();
    const ledger = new MemoryLedger();
    const lost = new Set<string>();
    cloud.after = (call) => {
      if (call.method !== 'PUT' || lost.has(call.path)) return;
      lost.add(call.path);
      throw answerLost();
    };
    const once = () => rebuild(run(topology, cloud, { ledger }));
    for (let tries = 0; tries < 10; tries++)
      await once().catch((thrown: unknown) =>
        expect(thrown).toMatchObject({ code: 'outcome-unclear', retryable: true }),
      );
    await once();
    expect(lost.size).toBeGreaterThan(1);
    expectOneOfEach(cloud);
    expect(cloud.things('racks').find((one) => one['name'] === 'north' && !one.id.startsWith('their'))).toMatchObject({
      description: 'The north one',
      power: 'on',
    });
  });

  it('asks to be called again, and makes no second one, when a lost create appears late', async () => {
    const cloud = target();
    const ledger = new MemoryLedger();
    let once = true;
    cloud.before = (call) => {
      if (call.method === 'POST' && call.path === '/racks' && once) {
        once = false;
        throw answerLost();
      }
    };
    await expect(rebuild(run(topology, cloud, { ledger }))).rejects.toMatchObject({ retryable: true });
    await rebuild(run(topology, cloud, { ledger }));
    expectOneOfEach(cloud);
  });

  it('finds by mark what a lost ledger forgot', async () => {
    const cloud = target();
    const withoutCables = { ...topology, entities: topology.entities.filter((one) => one.kind !== 'cable') };
    await rebuild(run(withoutCables, cloud));
    const before = ours(cloud);
    await rebuild(run(withoutCables, cloud, { ledger: new MemoryLedger() }));
    expect(ours(cloud)).toEqual(before);
  });

  it('refuses, before making what depends on it, what the target has nothing for, and says how to mend it', async () => {
    const cloud = target();
    cloud.put('models', { id: 'their-m1', name: 'renamed', cores: 2 });
    await expect(rebuild(run(topology, cloud))).rejects.toMatchObject({
      message: expect.stringContaining('m1'),
      mend: expect.stringContaining('map'),
    });
    expect(cloud.things('boards').map((one) => one.id)).toEqual(['their-board']);
    await rebuild(run(topology, target(), { mappings: { model: { m1: 'm1' } } }));
  });

  it('resolves a weak reference when both ends stand, whichever was made first', async () => {
    const peers = (live: Live): Refs =>
      typeof live['peer'] === 'string' ? { peer: { kind: 'rack', id: live['peer'] } } : {};
    const types = registry([
      ...smallTypes.filter((type) => type !== rack),
      {
        ...rack,
        weakRefs: ['peer'],
        capture: (live, scope) => ({ ...rack.capture(live, scope), refs: peers(live) }),
        finish: (cloud, id, kept, to) =>
          cloud.network.put(`/racks/${id}`, { peer: to.maybe(kept.refs['peer'] as Ref | undefined) }),
        examples: [
          {
            live: { id: 'r-1', name: 'rack', description: '', tags: [], peer: 'r-2' },
            keeps: {
              id: 'r-1',
              name: 'rack',
              spec: { description: '', tags: [] },
              refs: { peer: { kind: 'rack', id: 'r-2' } },
              observed: {},
            },
          },
        ],
      },
    ]);
    const here = source();
    for (const [id, peer] of [
      ['r-1', 'r-2'],
      ['r-2', 'r-1'],
    ] as const)
      here.put('racks', { ...here.things('racks').find((one) => one.id === id), peer });
    const cloud = target();
    await rebuild(run(await captured(here, types), cloud, { registry: types }));
    const made = cloud.things('racks').filter((one) => !one.id.startsWith('their'));
    expect(made.map((one) => one['peer'])).toEqual(made.map((one) => one.id).reverse());
  });

  it('says why when something it made failed', async () => {
    const cloud = target();
    cloud.after = (call) => {
      if (call.method === 'POST' && call.path === '/boards')
        for (const one of cloud.things('boards'))
          if (!one.id.startsWith('their'))
            cloud.put('boards', { ...one, status: 'error', fault: { message: 'No valid host' } });
    };
    await expect(rebuild(run(topology, cloud))).rejects.toMatchObject({
      code: 'entity-failed',
      message: expect.stringContaining('No valid host'),
    });
  });

  it('never makes again what the run has removed, however late the call comes', async () => {
    const cloud = target();
    const ledger = new MemoryLedger();
    await rebuild(run(topology, cloud, { ledger }));
    await removeAll(run(topology, cloud, { ledger }));
    await expect(rebuild(run(topology, cloud, { ledger }))).rejects.toMatchObject({ code: 'run-being-removed' });
    expect(ours(cloud)).toEqual([]);
  });
});

async function lives(work: Promise<unknown>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (thrown) {
    const killed = thrown instanceof Killed || (thrown as { cause?: unknown }).cause instanceof Killed;
    if (!killed) throw thrown;
    return false;
  }
}
