import { ReadGroupMetadata } from '@lifeboat/contracts';
import type { GroupMetadata, InputOf, OutputOf } from '@lifeboat/contracts';
import { entities } from '@lifeboat/openstack-entities';
import { closure, refKey, topology } from '@lifeboat/openstack-entity-api';
import type { Entity } from '@lifeboat/openstack-entity-api';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { RequestContext, RequestHandler } from '@lifeboat/service-kit';
import type { EntityManager } from 'typeorm';
import { QUERIED, rootsOf } from '../capture/roots.ts';
import { ageOf } from '../rpo/age.ts';
import { entitiesAt } from '../time-machine/entities-at.ts';
import { groupsOf, groupUnknown, readGroup } from '../watch/groups.ts';
import type { WatchedGroup } from '../watch/groups.ts';
import { gapOf, readWatch } from '../watch/watch.ts';
import type { Watch } from '../watch/watch.ts';
import { membershipOf, membersOf } from './group-members.ts';

@AnswersRequest(ReadGroupMetadata)
export class ReadGroupMetadataHandler implements RequestHandler<typeof ReadGroupMetadata> {
  async answer(
    { groupId }: InputOf<typeof ReadGroupMetadata>,
    context: RequestContext,
  ): Promise<OutputOf<typeof ReadGroupMetadata>> {
    return context.transaction(async (tx) => {
      const group = await readGroup(tx, groupId);
      if (!group) throw groupUnknown(groupId);
      const watch = await readWatch(tx, group.site);
      return { metadata: await metadataOf(tx, group, watch) };
    });
  }
}

async function metadataOf(tx: EntityManager, group: WatchedGroup, watch: Watch | undefined): Promise<GroupMetadata> {
  const now = new Date();
  const age = watch && (await ageOf(tx, watch, now));
  const gap = watch && gapOf(watch, now);
  const members = await membersOf(tx, group.groupId);
  return {
    site: group.site,
    ...(age && { provenAt: age.provenAt.toISOString(), ageSeconds: age.seconds, provenBy: age.provenBy }),
    ...(group.rpoLimit !== null && { limitSeconds: group.rpoLimit }),
    exceeded: group.alarmedAt !== null,
    ...(gap && { gap: { from: gap.from.toISOString(), why: gap.why } }),
    members: members.map(({ kind, id, name, foundAt, joinedAt, strayedAt }) => ({
      kind,
      id,
      name,
      since: (joinedAt ?? foundAt).toISOString(),
      kept: strayedAt !== null,
      waiting: joinedAt === null,
    })),
    unprotected: watch ? await unprotectedAt(tx, watch, now) : [],
  };
}

/** Servers and volumes that no group of the site holds. */
async function unprotectedAt(tx: EntityManager, watch: Watch, now: Date): Promise<GroupMetadata['unprotected']> {
  const all = topology(await entitiesAt(tx, watch, now));
  const held = new Set<string>();
  for (const group of await groupsOf(tx, watch.site)) {
    const { roots } = rootsOf(membershipOf(group, await membersOf(tx, group.groupId)), all);
    for (const entity of closure(all, entities, roots).topology.entities) held.add(refKey(entity));
  }
  return QUERIED.flatMap((kind) => all.of(kind))
    .filter((entity: Entity) => !held.has(refKey(entity)))
    .map(({ kind, id, name }) => ({ kind, id, name }));
}
