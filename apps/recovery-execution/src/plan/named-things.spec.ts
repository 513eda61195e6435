import { PlanWave } from '@lifeboat/contracts';
import { leadsTo, namelessBlockers } from './named-things.ts';
import { PlansFile } from './plans-file.ts';

const wave = (more: object) => [PlanWave.parse({ name: 'data', servers: [{ name: 'db-1' }], ...more })];
const file = PlansFile.parse({
  commands: { check: ['/usr/bin/true'] },
  databases: { shop: { database: 'shop', user: 'probe' } },
  secrets: { key: '/etc/lifeboat/key' },
  webhooks: ['https://hooks.example/lifeboat/'],
});
const codes = (more: object) => namelessBlockers(wave(more), file).map(({ code, where }) => [code, where]);

describe('what a plan names', () => {
  it('is there, or is said to be missing and where', () => {
    const url = 'https://hooks.example/lifeboat/up';
    expect(
      codes({
        before: [{ command: 'check' }, { webhook: { url, signedBy: 'key' } }, { request: 'shop.up' }],
        probes: [{ command: 'check' }, { sql: { server: 'db-1', named: 'shop' } }],
      }),
    ).toEqual([]);
    expect(
      codes({
        before: [{ command: 'chek' }],
        after: [{ webhook: { url, signedBy: 'kee' } }, { webhook: { url: 'http://169.254.169.254/' } }],
        probes: [{ command: 'toString' }, { sql: { server: 'db-1', named: 'shp' } }],
      }),
    ).toEqual([
      ['plan-command-unknown', 'plan, spec.waves[0].before[0]'],
      ['plan-command-unknown', 'plan, spec.waves[0].probes[0]'],
      ['plan-database-unknown', 'plan, spec.waves[0].probes[1].sql'],
      ['plan-secret-unknown', 'plan, spec.waves[0].after[0].webhook'],
      ['plan-webhook-forbidden', 'plan, spec.waves[0].after[1].webhook'],
    ]);
  });

  it('leads to where the file allows, by the parts of the address', () => {
    expect(leadsTo('https://hooks.example/a/b', 'https://hooks.example/a')).toBe(true);
    expect(leadsTo('https://hooks.example.evil/a', 'https://hooks.example')).toBe(false);
    expect(leadsTo('https://hooks.example@evil/a', 'https://hooks.example')).toBe(false);
  });
});
