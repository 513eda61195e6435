import { topology } from '@lifeboat/openstack-entity-api';
import type { Entity } from '@lifeboat/openstack-entity-api';
import { rootsOf } from './roots.ts';

const make = (kind: string, id: string, spec: Entity['spec'] = {}): Entity => ({
  kind,
  id,
  name: id,
  spec,
  refs: {},
  observed: {},
});
const all = topology([
  make('project', 'p'),
  make('server', 'a', { tags: ['gold'] }),
  make('server', 'b', { metadata: { lifeboat: 'gold' } }),
  make('server', 'c'),
  make('volume', 'v', { metadata: {} }),
]);

describe('members of a group', () => {
  it('are found by id, by tag and by metadata, with their project', () => {
    expect(rootsOf({ tag: 'gold' }, all).roots.map((r) => r.id)).toEqual(['a', 'b', 'p']);
    expect(rootsOf({ ids: [{ kind: 'volume', id: 'v' }] }, all).roots.map((r) => r.id)).toEqual(['v', 'p']);
  });

  it('that are named and not there are said', () => {
    expect(rootsOf({ ids: [{ kind: 'server', id: 'gone' }] }, all)).toEqual({
      roots: [],
      missing: [{ kind: 'server', id: 'gone' }],
    });
  });

  it('are none when nothing bears the tag: a project alone protects nothing', () => {
    expect(rootsOf({ tag: 'silver' }, all).roots).toEqual([]);
  });
});
