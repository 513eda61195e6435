import { DiffTopology } from '@lifeboat/contracts';
import type { EntityChange, InputOf, OutputOf } from '@lifeboat/contracts';
import { refKey } from '@lifeboat/openstack-entity-api';
import type { Entity } from '@lifeboat/openstack-entity-api';
import { AnswersRequest, SETTINGS } from '@lifeboat/service-kit';
import type { RequestContext, RequestHandler } from '@lifeboat/service-kit';
import { Inject } from '@nestjs/common';
import { gapsIn } from '../watch/watch.ts';
import { fieldChanges } from './compare.ts';
import { groupAt } from './group-at.ts';
import { pageOf } from './page.ts';

@AnswersRequest(DiffTopology)
export class DiffTopologyHandler implements RequestHandler<typeof DiffTopology> {
  constructor(@Inject(SETTINGS) private readonly settings: { readonly LIFEBOAT_CAPTURE_KEEP_DAYS: number }) {}

  async answer(
    { groupId, from, to, cursor }: InputOf<typeof DiffTopology>,
    context: RequestContext,
  ): Promise<OutputOf<typeof DiffTopology>> {
    return context.transaction(async (tx) => {
      const before = await groupAt(tx, groupId, from, this.settings.LIFEBOAT_CAPTURE_KEEP_DAYS);
      const after = await groupAt(tx, groupId, to, this.settings.LIFEBOAT_CAPTURE_KEEP_DAYS);
      const { changes, same } = differences(before.entities, after.entities);
      const { page, next } = pageOf(changes, cursor ?? 0);
      const [first, last] = before.at <= after.at ? [before.at, after.at] : [after.at, before.at];
      const gaps = after.site === undefined ? [] : await gapsIn(tx, after.site, first, last);
      return { changes: [...page], gaps: [...gaps], same, ...(next !== undefined && { next }) };
    });
  }
}

/** What appeared, changed and went between two states of a group. Pure. */
function differences(before: readonly Entity[], after: readonly Entity[]): { changes: EntityChange[]; same: number } {
  const [old, fresh] = [before, after].map((all) => new Map(all.map((entity) => [refKey(entity), entity]))) as [
    Map<string, Entity>,
    Map<string, Entity>,
  ];
  let same = 0;
  const changes = [...new Set([...old.keys(), ...fresh.keys()])].toSorted().flatMap((key): EntityChange[] => {
    const [a, b] = [old.get(key), fresh.get(key)];
    const fields = fieldChanges(a, b);
    const { kind, id, name } = (b ?? a) as Entity;
    if (a && b && fields.length === 0) {
      same++;
      return [];
    }
    return [{ kind, id, name, how: a ? (b ? 'changed' : 'gone') : 'appeared', fields: a && b ? fields : [] }];
  });
  return { changes, same };
}
