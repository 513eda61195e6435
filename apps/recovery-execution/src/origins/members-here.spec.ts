import { topology } from '@lifeboat/openstack-entity-api';
import type { Entity } from '@lifeboat/openstack-entity-api';
import { membersHere } from './members-here.ts';

const one = (kind: string, id: string): Entity => ({ kind, id, name: id, spec: {}, refs: {}, observed: {} });
const captured = topology([one('server', 'web'), one('server', 'db'), one('volume', 'data'), one('network', 'net')]);
const here = ({ kind, id }: { kind: string; id: string }): string | undefined =>
  captured.get({ kind, id }) && `${id}-here`;

describe('the members of a group where it runs now', () => {
  it('go by the ids that they have there; what stands for nothing is named', () => {
    const ids = [
      { kind: 'server', id: 'web' },
      { kind: 'server', id: 'left-out' },
    ];
    expect(membersHere({ ids }, captured, here)).toEqual({
      members: { ids: [{ kind: 'server', id: 'web-here' }] },
      lost: [{ kind: 'server', id: 'left-out' }],
    });
  });

  it('are found by the same queries, as what those ask for was carried', () => {
    const queries = { tag: 'gold', metadata: { tier: 'one' }, project: true } as const;
    expect(membersHere(queries, captured, here)).toEqual({ members: queries, lost: [] });
  });

  it('are named one by one where a stack had made them: it is not there', () => {
    expect(membersHere({ stack: 'shop', tag: 'gold', ids: [{ kind: 'server', id: 'web' }] }, captured, here)).toEqual({
      members: {
        tag: 'gold',
        ids: [
          { kind: 'server', id: 'web-here' },
          { kind: 'server', id: 'db-here' },
          { kind: 'volume', id: 'data-here' },
        ],
      },
      lost: [],
    });
  });
});
