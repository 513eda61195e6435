import { AgentFenced, LeaseMissed, ReadReadiness, RemoveGroup } from '@lifeboat/contracts';
import { until } from '@lifeboat/testing';
import { FenceBench, LEASE, PATIENCE } from './simulated/fence-bench.ts';

const MINUTE = 60_000;

describe('a lease that an agent holds at the primary', () => {
  let bench: FenceBench;
  /** Of the groups `shop` and `left`. */
  let web: string;
  let webLeft: string;

  beforeAll(async () => {
    bench = await FenceBench.start();
    [web, webLeft] = [await bench.group('shop'), await bench.group('left')];
  }, 5 * MINUTE);
  afterAll(() => bench.stop(), MINUTE);

  const said = (type: string) => bench.events.filter((event) => event.type === type).map(({ data }) => data);
  const fencedAt = () =>
    until('the agent to have fenced', async () => (await bench.onDisk('shop'))?.fencedAt, PATIENCE);

  /** After a cut, which has stopped both. */
  const bothServe = async (): Promise<void> => {
    for (const [groupId, id] of [
      ['shop', web],
      ['left', webLeft],
    ] as const) {
      await bench.reaches(id, 'SHUTOFF');
      await bench.held(groupId);
      await bench.startServer(id);
    }
  };

  it(
    'is no fence, and a blocker, before any agent has held it',
    async () => {
      const { readiness } = await bench.doing(ReadReadiness, { groupId: 'shop', now: true });
      expect(readiness.blockers.map(({ code }) => code)).toContain('lease-never-held');
      const run = await bench.take('shop');
      await expect(bench.fence('shop', run)).rejects.toMatchObject({
        code: 'primary-not-fenced',
        message: expect.stringContaining('has ever held the lease') as string,
        mend: expect.stringContaining('--unfenced') as string,
      });
      await bench.giveBack('shop', run);
    },
    5 * MINUTE,
  );

  it(
    'is held by an agent, with the servers that the group has there',
    async () => {
      bench.agent.start();
      await bench.held('shop');
      await bench.held('left');
      expect(await bench.onDisk('shop')).toMatchObject({ ttlSeconds: LEASE.ttl, servers: [{ id: web }] });
      const { readiness } = await bench.doing(ReadReadiness, { groupId: 'shop', now: true });
      expect(readiness.blockers.map(({ code }) => code)).not.toContain('lease-never-held');
    },
    5 * MINUTE,
  );

  it(
    'is none of an agent that is gone for long, where another holds it',
    async () => {
      await bench.goneAgent('shop', 'fence-0');
      const agents = await until(
        'one to be forgotten',
        async () => {
          const known = (await bench.leaseOf('shop'))?.agents.map(({ agent }) => agent);
          return known?.includes('fence-0') ? undefined : known;
        },
        PATIENCE,
      );
      expect(agents).toEqual(['fence-1']);
    },
    5 * MINUTE,
  );

  it(
    'is refused to the agent while a failover has the group, which then stops the servers before the failover goes on',
    async () => {
      const run = await bench.take('shop');
      const fenced = await bench.fence('shop', run);
      expect(await bench.statusOf(web)).toBe('SHUTOFF');
      expect(await fencedAt()).toMatch(/./);
      expect(Date.parse(await fencedAt())).toBeLessThan(Date.parse(fenced.at));
      expect(fenced).toMatchObject({ hook: `lease of ${LEASE.ttl} s`, outcome: 'done' });
      expect(fenced.said).toMatch(
        /Agent fence-1 held the lease since .* ran out at .* stopped web of shop.* rests on it/,
      );
      expect(await bench.statusOf(webLeft)).toBe('ACTIVE');
      await bench.giveBack('shop', run);
    },
    5 * MINUTE,
  );

  it(
    'is granted again once the failover was undone; what was stopped stays so, is said, and is said no more when somebody starts it',
    async () => {
      await bench.held('shop');
      expect(await bench.statusOf(web)).toBe('SHUTOFF');
      expect(await bench.leaseOf('shop')).toMatchObject({ agents: [{ stopped: [{ id: web }] }] });
      const { readiness } = await bench.doing(ReadReadiness, { groupId: 'shop', now: true });
      expect(readiness.warnings).toContainEqual(
        expect.objectContaining({
          code: 'stopped-by-agent',
          mend: expect.stringContaining(`server start ${web}`) as string,
        }),
      );
      expect(said(AgentFenced.subject)).toMatchObject([{ groupId: 'shop', agent: 'fence-1', stopped: [{ id: web }] }]);
      await bench.startServer(web);
      await until(
        'it to be forgotten',
        async () => {
          const [mine] = (await bench.leaseOf('shop'))?.agents ?? [];
          return mine?.stopped.length === 0 ? true : undefined;
        },
        PATIENCE,
      );
      expect(await bench.statusOf(web)).toBe('ACTIVE');
    },
    5 * MINUTE,
  );

  it(
    'runs out at an agent that is cut off: the servers are stopped before the failover goes on, which knows nothing of it',
    async () => {
      bench.line.cut();
      const run = await bench.take('shop');
      const fenced = await bench.fence('shop', run);
      expect(await bench.statusOf(web)).toBe('SHUTOFF');
      expect(Date.parse(await fencedAt())).toBeLessThan(Date.parse(fenced.at));
      expect(fenced.said).toMatch(/has not said that it stopped the servers: that it did rests on it/);
      await bench.giveBack('shop', run);
      bench.line.heal();
      await bothServe();
    },
    5 * MINUTE,
  );

  it(
    'is kept over the death of the agent, which stops the servers when it is started again and the hub is not there',
    async () => {
      bench.line.cut();
      bench.agent.kill();
      await until('it to be dead', async () => (bench.agent.pid === undefined ? true : undefined));
      expect(await bench.statusOf(web)).toBe('ACTIVE');
      bench.agent.start();
      await bench.reaches(web, 'SHUTOFF');
      await until(
        'the hub to say that it is not renewed',
        async () => (said(LeaseMissed.subject).length > 0 ? true : undefined),
        PATIENCE,
      );
      await bench.reaches(webLeft, 'SHUTOFF');
      bench.line.heal();
      await bothServe();
    },
    5 * MINUTE,
  );

  it(
    'that is released has nothing stopped',
    async () => {
      await bench.doing(RemoveGroup, { groupId: 'left' });
      await until('it to be released', async () => ((await bench.onDisk('left')) ? undefined : true), PATIENCE);
      bench.line.cut();
      // Both ran out by now, had both been held.
      await bench.reaches(web, 'SHUTOFF');
      expect(await fencedAt()).toMatch(/./);
      expect(await bench.statusOf(webLeft)).toBe('ACTIVE');
      bench.line.heal();
    },
    5 * MINUTE,
  );
});
