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

  it('are found by pairs of metadata, all of which they bear, and as all of a project', () => {
    expect(rootsOf({ metadata: { lifeboat: 'gold' } }, all).roots.map((r) => r.id)).toEqual(['b', 'p']);
    expect(rootsOf({ metadata: { lifeboat: 'gold', tier: 'x' } }, all).roots).toEqual([]);
    expect(rootsOf({ project: true }, all).roots.map((r) => r.id)).toEqual(['a', 'b', 'c', 'v', 'p']);
  });

  it('are what stands alone too where they are all of a project, and only then', () => {
    const more = topology([...all.entities, make('zone', 'z'), make('secret', 's')]);
    expect(rootsOf({ project: true }, more).roots.map((r) => r.id)).toEqual(['a', 'b', 'c', 'v', 's', 'z', 'p']);
    expect(rootsOf({ tag: 'gold' }, more).roots.map((r) => r.id)).toEqual(['a', 'b', 'p']);
    const bare = topology([make('project', 'p'), make('zone', 'z')]);
    expect(rootsOf({ project: true }, bare).roots.map((r) => r.id)).toEqual(['z', 'p']);
  });

  it('are of those that a query finds only the admitted ones, where they are named; others are members all the same', () => {
    const admitted = new Set(['server/a']);
    expect(rootsOf({ tag: 'gold', admitted }, all).roots.map((r) => r.id)).toEqual(['a', 'p']);
    expect(rootsOf({ tag: 'gold', ids: [{ kind: 'server', id: 'c' }], admitted }, all).roots.map((r) => r.id)).toEqual([
      'c',
      'a',
      'p',
    ]);
    const more = topology([...all.entities, make('zone', 'z'), make('load-balancer', 'lb')]);
    expect(
      rootsOf({ project: true, admitted }, more)
        .roots.map((r) => r.id)
        .toSorted(),
    ).toEqual(['a', 'lb', 'p', 'z']);
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
