import { readFileSync } from 'node:fs';
import { planOf } from './plan-document.ts';

const PLAN = `
# The shop: data first.
apiVersion: lifeboat/v1
kind: RecoveryPlan
metadata: { name: shop }
spec:
  group: shop
  mappings: { network: { a: b } }
  fence: [{ command: power-off }, { lease: { ttl: 60, margin: 90 } }]
  waves:
    - name: data
      servers: [{ name: db-1 }]
      before: [{ command: open-the-books }, { webhook: { url: 'https://hooks.example/up', signedBy: key } }]
      probes:
        - tcp: { server: db-1, port: 5432 }
          within: 120
        - console: { server: db-1, line: 'ready|up' }
      after: [{ request: shop.data.up, inDrills: skip }]
      prompt: Has replication caught up?
      delay: 30
    - name: web
      servers: [{ tag: web }, { metadata: { tier: web } }]
      probes: [{ http: { server: db-1, port: 80, path: /health, status: 204 } }, { sql: { server: db-1, named: shop } }]
`;
const edited = (from: string | RegExp, to: string) => planOf(PLAN.replace(from, to));
const faultsOf = (read: () => unknown): readonly { where: string; message: string }[] => {
  try {
    read();
  } catch (thrown) {
    return (thrown as { data: { faults: [] } }).data.faults;
  }
  throw new Error('it was let through');
};

describe('the document of a plan', () => {
  it('is YAML or JSON', () => {
    const plan = planOf(PLAN);
    expect(plan.spec.waves?.map(({ name }) => name)).toEqual(['data', 'web']);
    expect(planOf(JSON.stringify(plan))).toEqual(plan);
  });

  it.each([
    ['port: 5432', 'port: 99999', 'spec.waves[0].probes[0].tcp.port', '65535'],
    ['port: 5432', "port: '5432'", 'spec.waves[0].probes[0].tcp.port', 'expected number'],
    ['within: 120', 'within: 0', 'spec.waves[0].probes[0].within', '1'],
    ["line: 'ready|up'", "line: '(ready'", 'spec.waves[0].probes[1].console.line', 'no regular expression'],
    ['console: {', 'command: c\n          console: {', 'spec.waves[0].probes[1]', 'exactly one of'],
    ['{ command: open-the-books }', '{}', 'spec.waves[0].before[0]', 'exactly one of'],
    ['{ command: open-the-books }', '{ comand: a }', 'spec.waves[0].before[0]', 'comand'],
    ['https://hooks', 'https://user:hush@hooks', 'spec.waves[0].before[1].webhook.url', 'password'],
    ['https://hooks', 'file://hooks', 'spec.waves[0].before[1].webhook.url', 'no http'],
    ['shop.data.up', 'lifeboat.cmd.data.discard-disks.v1', 'spec.waves[0].after[0].request', "Lifeboat's own"],
    ['shop.data.up', 'shop.*', 'spec.waves[0].after[0].request', 'no NATS subject'],
    ['{ command: power-off }', '{ lease: { ttl: 9 } }', 'spec.fence', 'one lease at most'],
    ['{ lease: {', '{ within: 9, lease: {', 'spec.fence[1].within', 'its ttl and margin'],
    ['{ lease: {', '{ request: a, lease: {', 'spec.fence[1]', 'exactly one of'],
    ['ttl: 60', 'ttl: 60s', 'spec.fence[1].lease.ttl', 'expected number'],
    ['name: web', 'name: data', 'spec.waves[1].name', 'another wave is called "data"'],
    ['name: web', 'name: the rest', 'spec.waves[1].name', 'another name'],
    ['{ tag: web }', '{ tag: web, name: web }', 'spec.waves[1].servers[0]', 'tag'],
    ['mappings: { network:', 'mappings: { netwrok:', 'spec.mappings', 'netwrok'],
    ['name: shop', 'name: The Shop', 'metadata.name', 'lower-case'],
    ['lifeboat/v1', 'lifeboat/v2', 'apiVersion', 'lifeboat/v1'],
    ['spec:', 'spek:', 'spec', 'expected object'],
  ])('with %s as %s is refused at %s', (from, to, where, said) => {
    const faults = faultsOf(() => edited(from, to));
    const fault = faults.find((one) => one.where === where);
    expect([fault?.where, faults.length > 0]).toEqual([where, true]);
    expect(fault?.message).toContain(said);
  });

  it('is refused when a probe asks a server that does not stand yet, as far as the document says', () => {
    const early = () => edited('{ server: db-1, port: 5432 }', '{ server: web, port: 5432 }');
    expect(faultsOf(early)).toEqual([
      { where: 'spec.waves[0].probes[0].tcp.server', message: expect.stringContaining('"web"') as string },
    ]);
    // By tag it may be any: the point will say.
    expect(edited('http: { server: db-1', 'http: { server: web-7').spec.waves).toHaveLength(2);
  });

  it('of the how-to is one', () => {
    const page = readFileSync(new URL('../../../../docs/how-to/write-a-plan.md', import.meta.url), 'utf8');
    const [, text = ''] = /```yaml\n(.*?)```/s.exec(page) ?? [];
    expect(planOf(text).spec.waves?.map(({ name }) => name)).toEqual(['data', 'web']);
  });

  it('that is no YAML says where', () => {
    expect(() => planOf('spec: [')).toThrow(/is no YAML: .*line 1/s);
    expect(faultsOf(() => planOf(''))).toMatchObject([{ where: 'the document' }]);
  });

  it('cannot blow up: references that refer to themselves are refused', () => {
    const bomb = [
      'a: &a [x, x, x, x, x, x, x, x, x]',
      ...'bcdefg'.split('').map((c, i) => `${c}: &${c} [${Array(9).fill(`*${'abcdef'[i]}`)}]`),
    ];
    expect(() => planOf(bomb.join('\n'))).toThrow('plan is wrong');
  });
});
