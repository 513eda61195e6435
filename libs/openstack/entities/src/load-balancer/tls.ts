import type { Cloud } from '@lifeboat/openstack-client';
import type { Entity, Live, Ref, Target } from '@lifeboat/openstack-entity-api';
import { many, ref } from '../fields.ts';

/** Field of the API → name of the ref. */
type TlsFields = Readonly<Record<string, string>>;

const KINDS = { containers: 'secret-container', secrets: 'secret' } as const;
const isKind = (collection: string): collection is keyof typeof KINDS => collection in KINDS;

/** Barbican's links end with `containers/<id>` or `secrets/<id>`. */
function behind(link: unknown): Ref | undefined {
  const [collection = '', id] = String(link ?? '')
    .split('/')
    .slice(-2);
  return isKind(collection) ? ref(KINDS[collection], id) : undefined;
}

/** Certificates and lists of a listener or a pool, by the id in their links. */
export const tlsRefs = (live: Live, fields: TlsFields): Record<string, readonly (Ref | undefined)[]> =>
  Object.fromEntries(Object.entries(fields).map(([field, as]) => [as, [live[field] ?? []].flat().map(behind)]));

const linkOf = ({ kind }: Ref, id: string): string => `/${kind === 'secret' ? 'secrets' : 'containers'}/${id}`;

/** Paths in the target's Barbican for `withLinks`. */
export function tlsPaths(kept: Entity, to: Target, fields: TlsFields): Record<string, string | readonly string[]> {
  const paths: Record<string, string | readonly string[]> = {};
  for (const [field, as] of Object.entries(fields)) {
    const [first, ...others] = many(kept, as).map((one) => linkOf(one, to.id(one)));
    if (first !== undefined) paths[field] = field.endsWith('_refs') ? [first, ...others] : first;
  }
  return paths;
}

/** The body with the links that the target's Barbican itself gives: its address is no other's to know. */
export async function withLinks(
  cloud: Cloud,
  paths: Readonly<Record<string, unknown>>,
): Promise<Record<string, string | readonly string[]>> {
  const link = async (path: string): Promise<string> => {
    const answer = await cloud['key-manager'].get<Readonly<Record<string, string>>>(path);
    return answer[path.startsWith('/secrets/') ? 'secret_ref' : 'container_ref'] ?? '';
  };
  const linked = Object.entries(paths).map(
    async ([field, path]) =>
      [
        field,
        Array.isArray(path) ? await Promise.all(path.map((one) => link(String(one)))) : await link(String(path)),
      ] as const,
  );
  return Object.fromEntries(await Promise.all(linked));
}

/** Why it cannot be made: what it would be without a certificate is something else. */
export function lacksTls(kept: Entity, to: Target, fields: TlsFields): string | undefined {
  const lost = Object.values(fields)
    .flatMap((as) => many(kept, as))
    .find((one) => !to.captured(one));
  return lost && `its ${lost.kind} ${lost.id} could not be captured`;
}
