import { entities } from './index.ts';

/** A name is no secret of one cloud. */
const goesByName = (kind: string): boolean => entities.get(kind).examples.every(({ keeps }) => keeps.id === keeps.name);

const scope = { projectId: 'p1', isAdmin: true };

describe.each(entities.all.map((type) => [type.kind, type] as const))('%s', (_kind, type) => {
  it.each(type.examples.map((example, i) => [i, example] as const))(
    'captures its example %i as written, and the same twice',
    (_i, { live, keeps }) => {
      expect(type.capture(live, scope)).toEqual(keeps);
      expect(type.capture(live, scope)).toEqual(type.capture(live, scope));
    },
  );

  it('keeps no source id in what is recreated', () => {
    for (const { live, keeps } of type.examples) {
      const refs = Object.values(keeps.refs).flatMap((r) => [r].flat() as { kind: string; id: string }[]);
      const ids = [
        ...(goesByName(type.kind) ? [] : [live.id]),
        ...refs.filter((r) => !goesByName(r.kind)).map((r) => r.id),
      ];
      for (const id of ids) expect(JSON.stringify(keeps.spec)).not.toContain(`"${id}"`);
    }
  });
});
