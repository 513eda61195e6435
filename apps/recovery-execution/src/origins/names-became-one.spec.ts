import { topology } from '@lifeboat/openstack-entity-api';
import type { Entity, LedgerEntry } from '@lifeboat/openstack-entity-api';
import { namesBecameOne } from './names-became-one.ts';

const one = (kind: string, id: string, name: string): Entity => ({ kind, id, name, spec: {}, refs: {}, observed: {} });
const stands = (kind: string, id: string, targetId: string): LedgerEntry => ({
  ref: { kind, id },
  state: 'finished',
  targetId,
  how: 'mapped: by name',
});
const captured = topology([
  one('flavor', 'f1', 'small'),
  one('flavor', 'f2', 'large'),
  one('flavor', 'f3', 'huge'),
  one('subnet', 's1', 'a'),
  one('subnet', 's2', 'b'),
]);

describe('names that became one', () => {
  it('are told, mapped or not: the way back cannot know which is meant', () => {
    expect(
      namesBecameOne([stands('flavor', 'f1', 'x'), stands('flavor', 'f2', 'x'), stands('flavor', 'f3', 'y')], captured),
    ).toEqual(['flavor "large" and "small"']);
  });

  it('are none of kinds that no mapping names, nor of what stands for one alone', () => {
    expect(namesBecameOne([stands('subnet', 's1', 'x'), stands('subnet', 's2', 'x')], captured)).toEqual([]);
    expect(namesBecameOne([stands('flavor', 'f1', 'x'), stands('flavor', 'f1', 'x')], captured)).toEqual([]);
  });
});
