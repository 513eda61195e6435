import type { Json, LifeboatError } from '@lifeboat/kernel';
import type { Entity, EntityType, Live, Ref, State, Target, Topology } from '@lifeboat/openstack-entity-api';
import { markTags, userTags } from '@lifeboat/openstack-entity-api';
import type { Cloud } from '@lifeboat/openstack-client';
import { created, defined, found, one } from '../fields.ts';

const isNothing = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  value === '' ||
  (typeof value === 'object' && Object.keys(value).length === 0);

/** These fields of an answer, without those that say nothing: to name one in a request, an older Octavia would have to know it. */
export const said = (live: Readonly<Record<string, unknown>>, ...names: readonly string[]): Record<string, Json> =>
  Object.fromEntries(names.filter((name) => !isNothing(live[name])).map((name) => [name, live[name] as Json]));

/** What all objects of a tree have. Octavia takes tags with the create call, so the mark is in them, and stays there. */
export const treeSpec = (live: Live, ...names: readonly string[]): Record<string, Json> => ({
  ...said(live, 'name', 'admin_state_up', ...names),
  tags: userTags(live['tags']) as Json,
});

/** The create body of what `treeSpec` kept; nothing needs a second call, each of which would have all of the tree wait. */
export const treeBody = (kept: Entity, to: Target, more: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  defined({ ...kept.spec, tags: [...((kept.spec['tags'] ?? []) as readonly string[]), ...markTags(to.mark)], ...more });

const stateOf = (live: Live): State => {
  const status = String(live['provisioning_status']);
  if (status === 'DELETED') return 'gone';
  if (status === 'ERROR') return 'failed';
  return status.startsWith('PENDING_') ? 'pending' : 'ready';
};

/** While one change of it is under way, or it is being made, a load balancer refuses all others of its tree. */
const busy = ({ kind, message }: LifeboatError): boolean =>
  kind === 'conflict' && /is immutable and cannot be updated|Invalid state PENDING_/.test(message);

const skip = (live: Live): string | undefined =>
  ['PENDING_DELETE', 'DELETED'].includes(String(live['provisioning_status'])) ? 'it is being deleted' : undefined;

/** The same of all types of the tree. */
export const ofTree = {
  service: 'load-balancer',
  schema: 2,
  provision: 'created',
  testedOn: ['simulator', 'recorded answers'],
  state: stateOf,
  busy,
  skip,
  returns: 'as it is',
} as const satisfies Partial<EntityType>;

export const NOT_KEPT = {
  provisioning_status: "evidence; the target's own",
  operating_status: "how its health is at a moment, of which no notification tells; the target's own",
  'created_at, updated_at': "the target's own",
} as const;

/** A collection of Octavia and the key of one in an answer. */
interface Place {
  readonly path: string;
  readonly key: string;
  readonly plural: string;
}

/** The calls of what has a list of its own. */
export function callsOf({ path, key, plural }: Place) {
  const list = (cloud: Cloud, projectId: string): AsyncIterable<Live> =>
    cloud['load-balancer'].list<Live>(path, plural, { query: { project_id: projectId } });
  return {
    list: (cloud, scope) => list(cloud, scope.projectId),
    get: (cloud, id) => found<Live>(cloud['load-balancer'].get(`${path}/${id}`), key),
    candidates: (cloud, _kept, to) => list(cloud, to.projectId),
    create: (cloud, body) => created(cloud['load-balancer'], path, key, body),
    remove: async (cloud, id) => void (await cloud['load-balancer'].delete(`${path}/${id}`)),
  } satisfies Partial<EntityType>;
}

/** What can only be listed under its parent, whose answer has the ids of all it holds. */
export interface Held {
  readonly parents: Place;
  /** Of the parent's answer: `[{ id }]`. */
  readonly ids: string;
  /** Below the parent. */
  readonly below: string;
  readonly key: string;
  readonly plural: string;
  /** What the parent's id is called, which the answers do not say. */
  readonly parentId: string;
  readonly parentRef: string;
}

/** The calls of what its parent holds (`Held`): a list is a call for each parent that has any. */
export function heldCalls(held: Held) {
  const { parents, below, key, plural, parentId } = held;
  const pathIn = (parent: string): string => `${parents.path}/${parent}/${below}`;
  async function* inOne(cloud: Cloud, parent: string): AsyncGenerator<Live> {
    for await (const live of cloud['load-balancer'].list<Live>(pathIn(parent), plural))
      yield { ...live, [parentId]: parent };
  }
  async function* parentsIn(cloud: Cloud, projectId: string): AsyncGenerator<{ id: string; holds: readonly string[] }> {
    const query = { project_id: projectId };
    for await (const parent of cloud['load-balancer'].list<Live>(parents.path, parents.plural, { query }))
      yield { id: parent.id, holds: ((parent[held.ids] ?? []) as readonly { id: string }[]).map(({ id }) => id) };
  }
  async function* all(cloud: Cloud, projectId: string): AsyncGenerator<Live> {
    for await (const { id, holds } of parentsIn(cloud, projectId)) if (holds.length > 0) yield* inOne(cloud, id);
  }
  async function parentOf(cloud: Cloud, id: string, projectId: string): Promise<string | undefined> {
    for await (const parent of parentsIn(cloud, projectId)) if (parent.holds.includes(id)) return parent.id;
    return undefined;
  }
  return {
    list: (cloud, scope) => all(cloud, scope.projectId),
    async get(cloud, id, scope) {
      const parent = await parentOf(cloud, id, scope.projectId);
      const live = parent && (await found<Live>(cloud['load-balancer'].get(`${pathIn(parent)}/${id}`), key));
      return live ? { ...live, [parentId]: parent } : undefined;
    },
    candidates(cloud, kept, to) {
      const parent = to.maybe(one(kept, held.parentRef));
      // Without a ledger nobody knows which it is.
      return parent === undefined ? all(cloud, to.projectId) : inOne(cloud, parent);
    },
    create: (cloud, { [parentId]: parent, ...body }) =>
      created(cloud['load-balancer'], pathIn(String(parent)), key, body),
    async remove(cloud, id, _kept, to) {
      const parent = await parentOf(cloud, id, to.projectId);
      if (parent !== undefined) await cloud['load-balancer'].delete(`${pathIn(parent)}/${id}`);
    },
  } satisfies Partial<EntityType>;
}

/**
 * Octavia's own ports take any free address of a subnet: those that are to have a certain one come first. (Those of other load balancers can not: they
 * come as they are made.)
 */
export const afterAddresses = (subnets: readonly Ref[], all: Topology): readonly Ref[] =>
  subnets.flatMap((subnet) =>
    all.referringTo(subnet).filter(({ kind }) => kind === 'port' || kind === 'router-interface'),
  );
