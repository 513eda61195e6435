import { LifeboatError } from '@lifeboat/kernel';
import type { Cloud } from '@lifeboat/openstack-client';
import type { Live, Scope } from '@lifeboat/openstack-entity-api';
import { detect } from '../detect.ts';

/** As deep as Heat nests stacks by default. */
const NESTED = 5;

interface Answer {
  readonly resources: readonly { readonly resource_type: string; readonly physical_resource_id?: string }[];
}

/**
 * What it made, the stacks within it too; `undefined` when it has gone since it was listed. A call for each stack: Heat has no list over all of them.
 */
async function resourcesOf(
  cloud: Cloud,
  { id, stack_name: name }: Live,
): Promise<readonly Record<string, string>[] | undefined> {
  const path = `/stacks/${encodeURIComponent(String(name))}/${id}/resources`;
  const asked = cloud.orchestration.get<Answer>(path, { query: { nested_depth: NESTED } });
  const answer = await asked.catch((thrown: unknown) => {
    if (thrown instanceof LifeboatError && thrown.kind === 'not-found') return undefined;
    throw thrown;
  });
  return answer?.resources
    .flatMap(({ resource_type: type, physical_resource_id: made }) => (made ? [{ type, id: made }] : []))
    .toSorted((a, b) => (`${a.type} ${a.id}` < `${b.type} ${b.id}` ? -1 : 1));
}

/** The project's stacks, all or the one; not those within others, which are resources of theirs. */
async function* stacks(cloud: Cloud, query: Readonly<Record<string, string>> = {}): AsyncGenerator<Live> {
  for await (const live of cloud.orchestration.list<Live>('/stacks', 'stacks', { query })) {
    const resources = await resourcesOf(cloud, live);
    // Gone since it was listed.
    if (resources !== undefined) yield { ...live, name: live['stack_name'], resources };
  }
}

/** By the list, which tells only of the project's own. Of a stack within another it says nothing: that one's own notification does, or the sweep. */
async function rereadStack(cloud: Cloud, id: string, { projectId }: Scope): Promise<Live | undefined> {
  for await (const live of stacks(cloud, { id })) if (live.id === id) return { ...live, project_id: projectId };
  return undefined;
}

/**
 * Heat stack: an owner of things, which are carried one by one where they are protected. Which they are is kept as evidence, and groups are made by
 * it (`found` of metadata-capture).
 */
export const stack = detect({
  kind: 'stack',
  service: 'orchestration',
  what: 'Heat stacks',
  why: "what it made is carried one by one where it is protected; the target's Heat knows nothing of it, and a stack made anew from the template would make everything twice",
  list: (cloud) => stacks(cloud),
  told: { notified: { 'orchestration.stack.': ['stack_identity'] }, reread: rereadStack },
  observed: ['stack_status', 'creation_time', 'updated_time', 'parent', 'resources'],
  live: {
    id: '16934ca3-40e0-4fb2-a289-a700662ec05a',
    name: 'shop',
    stack_name: 'shop',
    stack_status: 'CREATE_COMPLETE',
    stack_status_reason: 'Stack CREATE completed successfully',
    description: 'The shop in one template',
    creation_time: '2026-02-06T00:20:59',
    updated_time: null,
    parent: null,
    tags: null,
    resources: [{ type: 'OS::Cinder::Volume', id: '93d8a19d-d8e1-48b7-ae2a-ec07bfa615d8' }],
  },
});
