import type { Members } from '@lifeboat/contracts';
import type { Ref, Topology } from '@lifeboat/openstack-entity-api';

/**
 * Pure: who a group's members are where it runs now. Those named by id go by the ids that they have there; queries stay as they are, as what they ask for was
 * carried. A stack was not: what it had made is named one by one. `here`: the id of what stands there for a captured entity.
 */
export function membersHere(
  { ids = [], stack, ...queries }: Members,
  captured: Topology,
  here: (ref: Ref) => string | undefined,
): { readonly members: Members; readonly lost: readonly Ref[] } {
  const carried = (refs: readonly Ref[]): Ref[] =>
    refs.flatMap(({ kind, id }) => {
      const there = here({ kind, id });
      return there === undefined ? [] : [{ kind, id: there }];
    });
  const made = stack === undefined ? [] : [...captured.of('server'), ...captured.of('volume')];
  const all = new Map([...carried(ids), ...carried(made)].map((ref) => [`${ref.kind}/${ref.id}`, ref]));
  return {
    members: { ...queries, ...(all.size > 0 && { ids: [...all.values()] }) },
    lost: ids.filter((ref) => here(ref) === undefined),
  };
}
