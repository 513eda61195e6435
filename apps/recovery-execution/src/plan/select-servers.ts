import type { Finding, ServerSelector } from '@lifeboat/contracts';
import type { Entity } from '@lifeboat/openstack-entity-api';

export interface Named extends Pick<Entity, 'id' | 'name' | 'spec'> {
  /** Ids that it has, or had, at other sites: a plan may name it by one of those after the group was turned round. */
  readonly aliases?: readonly string[];
}

export const named = ({ id, name }: Named) => ({ id, name });

/** All servers of a point that fit, and that there is none. Pure. */
export function found<S extends Named>(
  selector: ServerSelector,
  servers: readonly S[],
  where: string,
): { readonly servers: readonly S[]; readonly blockers: readonly Finding[] } {
  const fitting = servers.filter((server) => fits(server, selector));
  return { servers: fitting, blockers: fitting.length > 0 ? [] : [unknown(selector, where)] };
}

/** Those that somebody means by one word: a name, or an id. Pure. */
export const meantBy = <S extends Named>(word: string, servers: readonly S[]): readonly S[] =>
  servers.filter(({ id, name, aliases = [] }) => [id, name, ...aliases].includes(word));

/** A tag is one of the server's own, or its metadata `lifeboat`. */
function fits({ id, name, spec, aliases = [] }: Named, selector: ServerSelector): boolean {
  const metadata = (spec['metadata'] ?? {}) as Readonly<Record<string, unknown>>;
  if (selector.id !== undefined) return [id, ...aliases].includes(selector.id);
  if (selector.name !== undefined) return name === selector.name;
  if (selector.tag !== undefined)
    return metadata['lifeboat'] === selector.tag || ((spec['tags'] ?? []) as readonly unknown[]).includes(selector.tag);
  return Object.entries(selector.metadata ?? {}).every(([key, value]) => metadata[key] === value);
}

const unknown = (selector: ServerSelector, where: string): Finding => ({
  code: 'plan-server-unknown',
  where,
  message: `no server of the recovery point fits ${JSON.stringify(selector)}.`,
  mend:
    selector.id === undefined
      ? 'Correct the selector, or make a new point if the server was protected after this one.'
      : 'A server that was made anew has another id: select it by its name, a tag or metadata, which it keeps; or make a new point if it was protected after this one.',
});
