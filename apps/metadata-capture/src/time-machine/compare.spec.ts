import type { Entity } from '@lifeboat/openstack-entity-api';
import { fieldChanges, shown } from './compare.ts';

const server = (spec: Entity['spec'], more: Partial<Entity> = {}): Entity => ({
  kind: 'server',
  id: 's1',
  name: 'web',
  spec,
  refs: {},
  observed: {},
  ...more,
});
const sealed = (text: string, digest: string) => ({ $sealed: text, digest });

describe('the comparison of two versions', () => {
  it('names the fields that differ, with both values', () => {
    const before = server({ power: 'ACTIVE', tags: ['a'] });
    const after = server({ power: 'SHUTOFF', tags: ['a'] }, { refs: { ports: [{ kind: 'port', id: 'p1' }] } });
    expect(fieldChanges(before, after)).toEqual([
      { field: 'spec.power', before: 'ACTIVE', after: 'SHUTOFF' },
      { field: 'refs.ports', after: [{ kind: 'port', id: 'p1' }] },
    ]);
  });

  it('names all of what appeared or went', () => {
    expect(fieldChanges(undefined, server({ power: 'ACTIVE' })).map(({ field }) => field)).toEqual([
      'name',
      'spec.power',
    ]);
    expect(fieldChanges(server({}), undefined)).toEqual([{ field: 'name', before: 'web' }]);
  });

  it('finds a changed secret by its digest, not by its seal, and never shows it', () => {
    const before = server({ user_data: sealed('one', 'd1') });
    expect(fieldChanges(before, server({ user_data: sealed('other seal', 'd1') }))).toEqual([]);
    const changes = fieldChanges(before, server({ user_data: sealed('two', 'd2') }));
    expect(changes).toEqual([{ field: 'spec.user_data', before: '(sealed)', after: '(sealed)' }]);
  });

  it('shows an entity without its secrets, however deep', () => {
    expect(shown({ a: { b: [sealed('x', 'y')] } })).toEqual({ a: { b: ['(sealed)'] } });
  });
});
