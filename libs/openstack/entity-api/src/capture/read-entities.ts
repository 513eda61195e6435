import type { Json } from '@lifeboat/kernel';
import { asLifeboatError } from '@lifeboat/kernel';
import type { Cloud, ServiceName } from '@lifeboat/openstack-client';
import type { Entity, EntityType, Live, Scope } from '../entity.ts';
import type { Finding } from '../finding.ts';
import type { Registry } from '../registry.ts';
import { nameOf } from '../topology.ts';

/** What stands in a project, of every known type. */
export interface Reading {
  readonly entities: readonly Entity[];
  readonly notCarried: readonly Finding[];
  readonly absentServices: readonly ServiceName[];
}

/** Lists all types at once; a service that the cloud does not have, or lists that the credentials may not see, are said and not failures. */
export async function readEntities(cloud: Cloud, registry: Registry, scope: Scope): Promise<Reading> {
  const services = [...new Set(registry.types.map((type) => type.service))];
  const present = new Set<ServiceName>();
  await Promise.all(services.map(async (service) => (await cloud.has(service)) && present.add(service)));
  const types = registry.types.filter((type) => present.has(type.service));
  const readings = await Promise.all(types.map((type) => readType(cloud, type, scope)));
  return {
    entities: readings.flatMap((one) => one.entities),
    notCarried: readings.flatMap((one) => one.notCarried),
    absentServices: services.filter((service) => !present.has(service)),
  };
}

async function readType(cloud: Cloud, type: EntityType, scope: Scope): Promise<Pick<Reading, 'entities' | 'notCarried'>> {
  const entities: Entity[] = [];
  const notCarried: Finding[] = [];
  try {
    for await (const live of type.list(cloud, scope)) {
      if (type.skip?.(live, scope) !== undefined) continue;
      const reason = type.notCarried?.(live, scope);
      if (reason === undefined) entities.push(captured(type, live, scope));
      else notCarried.push({ code: 'not-carried', where: nameOf({ kind: type.kind, id: live.id, name: String(live['name'] ?? '') }), message: reason });
    }
  } catch (thrown) {
    const error = asLifeboatError(thrown);
    if (error.kind !== 'forbidden' && error.kind !== 'not-found') throw error;
    notCarried.push({ code: 'not-listable', where: `all of type ${type.kind}`, message: `They cannot be listed: ${error.message}` });
  }
  return { entities, notCarried };
}

/** One object as an entity. Marks are taken off before, and the run they named is kept as evidence. */
export function captured(type: EntityType, live: Live, scope: Scope): Entity {
  const run = type.mark?.runOf(live);
  const kept = type.capture(type.mark ? type.mark.strip(live) : live, scope);
  return {
    kind: type.kind,
    id: kept.id,
    name: kept.name,
    spec: kept.spec,
    refs: kept.refs,
    observed: run === undefined ? kept.observed : { ...kept.observed, [MARKED]: run },
    ...(kept.unseen && kept.unseen.length > 0 && { unseen: kept.unseen }),
  };
}

/** The key in `observed` under which the run is kept whose mark an object bore. */
export const MARKED = 'lifeboat_run';

/** `seal` turns a secret into what may be stored; fields that are absent or empty stay as they are. */
export function sealed(type: EntityType, kept: Entity, seal: (value: string) => Json): Entity {
  const secrets = (type.secrets ?? []).filter((field) => typeof kept.spec[field] === 'string' && kept.spec[field] !== '');
  if (secrets.length === 0) return kept;
  return { ...kept, spec: { ...kept.spec, ...Object.fromEntries(secrets.map((field) => [field, seal(String(kept.spec[field]))])) } };
}
