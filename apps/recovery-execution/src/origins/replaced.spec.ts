import { topology } from '@lifeboat/openstack-entity-api';
import type { LedgerEntry } from '@lifeboat/openstack-entity-api';
import { replaced } from './replaced.ts';

const stands = (kind: string, id: string, targetId: string, how = 'created'): LedgerEntry => ({
  ref: { kind, id },
  state: 'finished',
  targetId,
  how,
});
const captured = topology([
  { kind: 'server', id: 'web-away', name: 'web', spec: {}, refs: {}, observed: {} },
  { kind: 'volume', id: 'data-away', name: 'data', spec: {}, refs: {}, observed: {} },
]);
const origins = new Map([
  ['volume/data-away', 'data-home'],
  ['server/web-away', 'web-home'],
  ['server/dropped-away', 'dropped-home'],
  ['port/p-away', 'p-home'],
]);
const made = [
  stands('server', 'web-away', 'web-anew'),
  stands('volume', 'data-away', 'data-anew', 'provided'),
  stands('port', 'p-away', 'p-home', 'returned'),
  stands('server', 'web-home', 'web-home', 'made way'),
];

describe('what a fail-back has replaced at home', () => {
  it('are servers, then their volumes: what the origins name, and nothing else', () => {
    expect(replaced(origins, made, captured, [])).toEqual([
      { kind: 'server', id: 'web-home', name: 'web' },
      { kind: 'server', id: 'dropped-home', name: '' },
      { kind: 'volume', id: 'data-home', name: 'data' },
    ]);
  });

  it('is never what the run itself serves by, also when it is traced already', () => {
    const traced = new Map([
      ['server/web-away', 'web-anew'],
      ['volume/data-away', 'data-anew'],
    ]);
    expect(replaced(traced, made, captured, [])).toEqual([]);
    expect(replaced(new Map(), made, captured, [])).toEqual([]);
  });

  it('is the image too that an earlier run had made for a server to boot from', () => {
    const earlier = {
      copies: [
        { diskKind: 'server-root', diskId: 'web-once', kind: 'image', targetId: 'root-copy' },
        { diskKind: 'server-root', diskId: 'another', kind: 'image', targetId: 'stays' },
        { diskKind: 'volume', diskId: 'web-once', kind: 'volume', targetId: 'stays-too' },
      ] as const,
      entries: [stands('server', 'web-once', 'web-home')],
    };
    expect(replaced(origins, made, captured, [earlier]).at(-1)).toEqual({
      kind: 'image',
      id: 'root-copy',
      name: 'web',
    });
  });
});
