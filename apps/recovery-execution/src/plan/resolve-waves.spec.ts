import { PlanWave } from '@lifeboat/contracts';
import { resolveWaves } from './resolve-waves.ts';

const server = (id: string, name: string, spec: object = {}) => ({
  id,
  name,
  spec: { tags: [], metadata: {}, ...spec },
});
const SERVERS = [
  server('s1', 'db-1', { tags: ['database'], metadata: { tier: 'gold', role: 'db' } }),
  server('s2', 'db-2', { metadata: { lifeboat: 'database', tier: 'gold' } }),
  server('s3', 'web', { tags: ['web'] }),
  server('s4', 'web', { tags: ['web'] }),
  server('s5', 'spare'),
];
const wave = (given: object): PlanWave => PlanWave.parse(given);
const idsOf = (waves: readonly PlanWave[]) =>
  resolveWaves(waves, SERVERS).waves.map(({ name, servers }) => [name, servers.map(({ id }) => id)]);
const codesOf = (waves: readonly PlanWave[]) =>
  resolveWaves(waves, SERVERS).blockers.map(({ code, where }) => [code, where]);

describe('the waves of a plan, in a recovery point', () => {
  it('find their servers by id, name, tag and metadata; what none names starts last', () => {
    expect(
      idsOf([
        wave({ name: 'data', servers: [{ tag: 'database' }] }),
        wave({ name: 'web', servers: [{ name: 'web' }] }),
      ]),
    ).toEqual([
      ['data', ['s1', 's2']],
      ['web', ['s3', 's4']],
      ['the rest', ['s5']],
    ]);
    expect(idsOf([wave({ name: 'a', servers: [{ id: 's5' }, { metadata: { tier: 'gold', role: 'db' } }] })])).toEqual([
      ['a', ['s5', 's1']],
      ['the rest', ['s2', 's3', 's4']],
    ]);
  });

  it('have no rest when each server is named, and are none where the plan has none', () => {
    const all = wave({ name: 'all', servers: SERVERS.map(({ id }) => ({ id })) });
    expect(idsOf([all]).map(([name]) => name)).toEqual(['all']);
    expect(resolveWaves([], SERVERS)).toEqual({ waves: [], blockers: [] });
  });

  it('refuse a selector that finds nobody, and a server in two waves; twice in one wave is once', () => {
    expect(codesOf([wave({ name: 'a', servers: [{ name: 'db-1' }, { name: 'db-9' }] })])).toEqual([
      ['plan-server-unknown', 'plan, spec.waves[0].servers[1]'],
    ]);
    expect(
      codesOf([wave({ name: 'a', servers: [{ name: 'db-1' }] }), wave({ name: 'b', servers: [{ tag: 'database' }] })]),
    ).toEqual([['plan-server-twice', 'plan, spec.waves[1].servers']]);
    expect(codesOf([wave({ name: 'a', servers: [{ name: 'db-1' }, { tag: 'database' }] })])).toEqual([]);
    expect(idsOf([wave({ name: 'a', servers: [{ name: 'db-1' }, { tag: 'database' }] })])[0]).toEqual([
      'a',
      ['s1', 's2'],
    ]);
  });

  it('ask servers that stand by then, by name or id, and no other', () => {
    const data = (server: string) =>
      wave({ name: 'data', servers: [{ tag: 'database' }], probes: [{ tcp: { server, port: 5432 } }] });
    const web = (server: string) =>
      wave({ name: 'web', servers: [{ name: 'web' }], probes: [{ console: { server, line: 'up' } }] });
    const { waves, blockers } = resolveWaves([data('db-1'), web('s2')], SERVERS);
    expect(blockers).toEqual([]);
    expect(waves.map(({ probes }) => probes.map(({ serverId }) => serverId))).toEqual([['s1'], ['s2'], []]);
    expect(codesOf([data('s3'), web('s3')])).toEqual([['plan-probe-server', 'plan, spec.waves[0].probes[0]']]);
    // Both are called "web": which is meant nobody can tell.
    expect(resolveWaves([data('s1'), web('web')], SERVERS).blockers).toMatchObject([
      { code: 'plan-probe-server', message: expect.stringContaining('2 servers') as string },
    ]);
    expect(codesOf([wave({ name: 'a', servers: [{ id: 's1' }], probes: [{ command: 'check' }] })])).toEqual([]);
  });
});
