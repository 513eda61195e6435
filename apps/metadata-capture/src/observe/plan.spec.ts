import type { Entity } from '@lifeboat/openstack-entity-api';
import { changesOfReads, changesOfSweep } from './plan.ts';
import type { Current } from './plan.ts';
import { versionOf } from './version.ts';

const at = (seconds: number): Date => new Date(Date.UTC(2026, 0, 1) + seconds * 1_000);
const entity = (id: string, name = id): Entity => ({ kind: 'port', id, name, spec: { name }, refs: {}, observed: {} });
const seen = (id: string, name = id) => ({ ...versionOf(entity(id, name)), origin: 'owned' as const });
const stored = (id: string, seconds = 0, name = id): Current => ({
  kind: 'port',
  id,
  digest: versionOf(entity(id, name)).digest,
  origin: 'owned',
  seenFrom: at(seconds),
});
const whole = { began: at(10), fresh: new Set<string>() };
const brief = (changes: readonly { id: string; how: string }[]) => changes.map(({ id, how }) => `${id} ${how}`);

describe('a sweep', () => {
  it('changes nothing where all is as it is stored', () => {
    expect(changesOfSweep([stored('a'), stored('b')], [seen('b'), seen('a')], whole)).toEqual([]);
  });

  it('finds what appeared, changed and went', () => {
    const changes = changesOfSweep([stored('a'), stored('b')], [seen('a', 'renamed'), seen('c')], whole);
    expect(brief(changes)).toEqual(['a changed', 'c appeared', 'b gone']);
  });

  it('leaves alone what was read by itself since it began: it may have seen the state before that', () => {
    const fresh = { ...whole, fresh: new Set(['port/a', 'port/b', 'port/c']) };
    expect(changesOfSweep([stored('a'), stored('b')], [seen('a', 'old'), seen('c')], fresh)).toEqual([]);
    expect(changesOfSweep([stored('a', 11)], [seen('a', 'old')], whole)).toEqual([]);
  });

  it('does not find again what had gone before', () => {
    expect(changesOfSweep([{ ...stored('a'), digest: null }], [], whole)).toEqual([]);
    expect(brief(changesOfSweep([{ ...stored('a'), digest: null }], [seen('a')], whole))).toEqual(['a appeared']);
  });
});

describe('entities read one by one', () => {
  it('change what differs and end what is not there', () => {
    const reads = [
      { kind: 'port', id: 'a', at: at(20), seen: seen('a', 'renamed') },
      { kind: 'port', id: 'b', at: at(20) },
      { kind: 'port', id: 'never', at: at(20) },
    ];
    expect(brief(changesOfReads([stored('a'), stored('b')], reads))).toEqual(['a changed', 'b gone']);
  });

  it('say nothing when what is stored is newer than the reading', () => {
    expect(changesOfReads([stored('a', 30)], [{ kind: 'port', id: 'a', at: at(20), seen: seen('a', 'old') }])).toEqual(
      [],
    );
  });
});
