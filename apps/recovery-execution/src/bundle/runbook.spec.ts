import type { Script } from '../compile/script.ts';
import { runbook } from './runbook.ts';
import type { RunbookOf } from './runbook.ts';

const script: Script = {
  projectId: 'p1',
  waves: [
    { name: 'networks', servers: [], from: 1, to: 1, before: [], probes: [], after: [] },
    {
      name: 'data',
      servers: [],
      from: 2,
      to: 2,
      before: [{ command: 'open-the-books' }],
      probes: [{ tcp: { server: 'db-1', port: 5432 } }],
      after: [],
      prompt: 'Is it there?',
    },
  ],
  calls: [
    {
      n: 1,
      what: 'network web',
      of: { kind: 'network', id: 'n' },
      service: 'network',
      method: 'POST',
      path: '/networks',
      makes: {
        id: 'network.id',
        path: '/networks/${1.network.id}',
        find: { path: '/networks', query: {}, key: 'networks', where: [], marked: true },
      },
      keeps: [],
    },
    {
      n: 2,
      what: 'server db-1',
      of: { kind: 'server', id: 's' },
      service: 'compute',
      method: 'POST',
      path: '/servers',
      keeps: [],
    },
  ],
  undo: [],
  stands: [
    { kind: 'flavor', id: 'tiny', name: 'tiny', how: 'mapped: flavor by name', target: 'small' },
    { kind: 'secret', id: 'x', name: 'tls', how: 'left out: a bundle holds none' },
  ],
  byHand: [{ about: 'volume data', steps: ['Clone it.'], given: 'disk-1' }],
};
const of: RunbookOf = {
  input: {
    groupId: 'shop',
    groupName: 'Shop',
    source: 'alpha',
    target: 'beta',
    pointId: 'pnt-1',
    requestedAt: '2026-01-01T00:00:10.000Z',
    consistency: { level: 'crash-across-group' },
    metadata: '',
    disks: [],
    mappings: {},
    plan: { name: 'shop-plan', version: 3 },
  },
  script,
  unsaid: ['volume data: whether it is bootable'],
  later: [],
  madeAt: '2026-01-01T00:01:00.000Z',
  fingerprint: 'abcdef0123456789abcdef',
};

describe('the runbook', () => {
  const text = runbook(of);

  it.each([
    ['how old the data are', 'data as of** | **2026-01-01T00:00:10.000Z'],
    ['by which plan it goes', 'shop-plan, version 3'],
    ['how it is verified', 'openssl pkeyutl -verify -pubin -inkey manifest.pub -rawin'],
    ['by which key', 'abcdef0123456789'],
    ['how it is started', 'python3 recover.py --cloud beta'],
    ['how it is undone', 'python3 recover.py --cloud beta --undo'],
    ['what is made', '1 × network: web'],
    ['what the plan asks', 'Is it there?'],
    ['which hooks nobody runs', 'hook before, by hand:** `{"command":"open-the-books"}`'],
    ['which probes nobody asks', '"port":5432'],
    ['what stands there already', 'flavor tiny → `small` (flavor by name)'],
    ['what a person makes, and tells', '--given disk-1=ID-OF-THE-VOLUME'],
    ['what is left out', 'secret tls: a bundle holds none'],
    ['what Heat cannot be told', 'volume data: whether it is bootable'],
    ['that secrets may be in it', 'may hold secrets'],
  ])('says %s', (_what, words) => expect(text).toContain(words));

  it('says it when there is no user data in it', () => {
    expect(runbook({ ...of, input: { ...of.input, withoutUserData: true } })).toContain('they start without it');
  });

  it('tells what of the plan nobody calls now: what cuts the lost site off, and what leads to the group', () => {
    const fence = [{ command: 'power-off-alpha' }];
    const traffic = [{ webhook: { url: 'https://routes.example/announce' } }];
    const text = runbook({ ...of, input: { ...of.input, fence, traffic } });
    const [first, ...rest] = text.split('## Start it');
    expect(first).toContain('power-off-alpha');
    expect(rest.join('').split('## Afterwards')[1]).toContain('https://routes.example/announce');
    expect(runbook(of)).not.toMatch(/cuts it off by|leads to the group/);
  });
});
