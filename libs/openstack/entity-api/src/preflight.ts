import { asLifeboatError, notFound } from '@lifeboat/kernel';
import type { Quota } from '@lifeboat/openstack-client';
import { noPlace } from './extensions.ts';
import { neededBy, withWhat } from './left-out.ts';
import type { Entity, Ref } from './entity.ts';
import type { RunState } from './run-state.ts';
import { refKey } from './topology.ts';

export interface Finding {
  readonly code: string;
  readonly where: string;
  readonly message: string;
  readonly mend?: string;
}

/** Mappings are named like fields: `volumeType`. */
const mappingOf = (kind: string): string => kind.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());

const at = (entity: Entity): string => `${entity.kind} ${entity.name || '(no name)'} (${entity.id})`;

/** What everything would use of the target's quotas, but for what stands there already (`back`, by `refKey`), against what is left there. Pure. */
export function quotaBlockers(
  state: Pick<RunState, 'run'>,
  quotas: ReadonlyMap<string, Quota>,
  back: ReadonlySet<string> = new Set(),
): readonly Finding[] {
  const { registry, topology, mappings } = state.run;
  const mapped = (rule: string, name: string): string => mappings[rule]?.[name] ?? name;
  const sums = new Map<string, number>();
  for (const entity of topology.entities.filter((one) => !back.has(refKey(one))))
    for (const [key, n] of Object.entries(registry.get(entity.kind).uses?.(entity, topology, mapped) ?? {}))
      sums.set(key, (sums.get(key) ?? 0) + n);
  return [...sums].flatMap(([key, wanted]): Finding[] => {
    const quota = quotas.get(key);
    if (!quota || quota.limit < 0 || quota.used + wanted <= quota.limit) return [];
    return [
      {
        code: 'quota-too-small',
        where: `${key} at ${state.run.cloud.site}`,
        message: `${wanted} are needed, ${Math.max(0, quota.limit - quota.used)} are left of ${quota.limit}.`,
        mend: `Raise the quota ${key} to ${quota.used + wanted} or more.`,
      },
    ];
  });
}

/** Everything that has to stand at the target already, and does not. Reads only. */
export async function mappingBlockers(state: RunState): Promise<readonly Finding[]> {
  const found = await Promise.all(state.run.topology.entities.map((entity) => mappingBlocker(entity, state)));
  return found.filter((finding) => finding !== undefined);
}

async function mappingBlocker(entity: Entity, state: RunState): Promise<Finding | undefined> {
  const { registry, cloud, isolated } = state.run;
  const type = registry.get(entity.kind);
  const mustStand = type.provision === 'mapped' || (entity.observed['foreign'] === true && !isolated);
  if (!mustStand || !type.find || (type.create && type.body && type.provision === 'mapped' && state.scope.isAdmin))
    return undefined;
  try {
    if (await type.find(cloud, entity, state.target(entity))) return undefined;
  } catch (thrown) {
    const { code, message } = asLifeboatError(thrown);
    return { code, where: at(entity), message };
  }
  const wanted = state.target(entity).mapped(entity.kind, entity.name);
  return {
    code: `${entity.kind}-missing`,
    where: at(entity),
    message: `${cloud.site} has no ${entity.kind} "${wanted}" that it can be mapped to.`,
    mend: `Create one of that name there, or map it: --map ${mappingOf(entity.kind)}:${entity.name}=NAME.`,
  };
}

/** Fields that will be missing because these credentials could not see them. */
export const unseenWarnings = (state: Pick<RunState, 'run'>): readonly Finding[] =>
  state.run.topology.entities.flatMap((entity) =>
    (entity.unseen ?? []).map(({ field, reason }) => ({
      code: 'field-unseen',
      where: at(entity),
      message: `${field} could not be read: ${reason}.`,
    })),
  );

/** What is known to be left out: types that are only detected, and what the target has no place for. Reads only. */
export async function leftOutWarnings(state: RunState): Promise<readonly Finding[]> {
  const { topology, registry, cloud } = state.run;
  const why = async (entity: Entity): Promise<string | undefined> => {
    const type = registry.get(entity.kind);
    if (type.provision === 'reported') return type.reported;
    const outside = state.run.isolated ? type.outside?.(entity, topology) : undefined;
    if (outside !== undefined) return outside;
    if (!(await state.offers(type))) return noPlace(cloud, type);
    for (const ref of neededBy(entity, type)) {
      const needed = topology.get(ref);
      const lost = needed && (await why(needed));
      if (lost !== undefined) return withWhat(ref, lost);
    }
    if (!type.declines) return undefined;
    const to = state.target(entity);
    return (await type.find?.(cloud, entity, to)) ? undefined : type.declines(cloud, entity, to);
  };
  const lost = await Promise.all(topology.entities.map(async (entity) => ({ entity, message: await why(entity) })));
  return lost.flatMap(({ entity, message }) =>
    message === undefined ? [] : [{ code: 'not-carried', where: at(entity), message }],
  );
}

/**
 * Every create body, made as if all that was captured stood there, and of what other services hand over only what `provided` promises: what
 * a body lacks is found before anything is made. Pure.
 */
export function bodyBlockers(state: RunState): readonly Finding[] {
  const { registry, topology, provided } = state.run;
  const stands = (ref: Ref | undefined): string | undefined => {
    const copy = ref && provided.get(refKey(ref));
    if (copy !== undefined || !ref || !topology.get(ref)) return copy;
    return registry.get(ref.kind).provision === 'provided' ? undefined : (state.entry(ref)?.targetId ?? ref.id);
  };
  return topology.entities.flatMap((entity): Finding[] => {
    const { body, provision } = registry.get(entity.kind);
    if (!body || provision !== 'created' || (entity.observed['foreign'] === true && !state.run.isolated)) return [];
    const to = state.target(entity);
    const id = (ref: Ref): string => {
      const found = stands(ref);
      const why = topology.get(ref) ? 'of which there is no copy' : 'which was not there any more when it was captured';
      if (found === undefined) throw notFound('reference-missing', `It needs ${ref.kind} ${ref.id}, ${why}.`);
      return found;
    };
    try {
      body(entity, { ...to, id, maybe: stands });
      return [];
    } catch (thrown) {
      const { code, message, mend } = asLifeboatError(thrown);
      return [
        {
          code,
          where: at(entity),
          message,
          mend: mend ?? 'Make a new recovery point when it is whole again, or leave it out of the group.',
        },
      ];
    }
  });
}

/** What cannot be recreated from the state it was captured in. Pure. */
export const stateBlockers = (state: Pick<RunState, 'run'>): readonly Finding[] =>
  state.run.topology.entities.flatMap((entity) => {
    const refusal = state.run.registry.get(entity.kind).refuses?.(entity);
    return refusal ? [{ where: at(entity), ...refusal }] : [];
  });
