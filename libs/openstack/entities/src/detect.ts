import { entity } from '@lifeboat/openstack-entity-api';
import type { Captured, EntityType, Live, Scope } from '@lifeboat/openstack-entity-api';
import type { Cloud } from '@lifeboat/openstack-client';
import { pick, refs } from './fields.ts';

export interface Detecting {
  readonly kind: string;
  readonly service: EntityType['service'];
  /** What is counted, in words: `Manila shares`. */
  readonly what: string;
  readonly why: string;
  list(cloud: Cloud, scope: Scope): AsyncIterable<Live>;
  /** Where notifications tell of it, and how one is read by itself; else only a sweep sees it change. */
  readonly told?: Required<Pick<EntityType, 'notified' | 'reread'>>;
  /** Evidence for whoever looks at the receipt; no secrets, no contents. */
  readonly observed: readonly string[];
  /** An answer written from OpenStack's API reference. */
  readonly live: Live;
  /** Where its answers have been seen; the reference's, by default. */
  readonly testedOn?: EntityType['testedOn'];
}

/** A type that is listed, counted and said to be left behind, and nothing else; its service need not be there. */
export const detect = ({ kind, service, what, why, list, told, observed, live, testedOn }: Detecting): EntityType => {
  const capture = (one: Live): Captured => ({
    id: one.id,
    name: typeof one['name'] === 'string' ? one['name'] : '',
    spec: {},
    refs: refs({}),
    observed: pick(one, ...observed),
  });
  return entity({
    kind,
    service,
    schema: 1,
    provision: 'reported',
    reported: why,
    testedOn: testedOn ?? ['recorded answers'],
    summary: `Detected only: ${what} are counted and named, and not carried.`,
    list,
    // Nothing refers to one.
    get: () => Promise.resolve(undefined),
    ...told,
    capture,
    examples: [{ live, keeps: capture(live) }],
  });
};
