import { ListGroups, ReadGroup } from '@lifeboat/contracts';
import type { InputOf, OutputOf } from '@lifeboat/contracts';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { RequestContext, RequestHandler } from '@lifeboat/service-kit';
import { GroupRow } from './group.row.ts';
import { groupNotFound } from './groups.ts';
import { groupView } from './group-view.ts';

@AnswersRequest(ListGroups)
export class ListGroupsHandler implements RequestHandler<typeof ListGroups> {
  async answer(_input: InputOf<typeof ListGroups>, context: RequestContext): Promise<OutputOf<typeof ListGroups>> {
    return context.transaction(async (tx) => {
      const groups = [];
      for (const row of await tx.find(GroupRow, { order: { groupId: 'ASC' } })) groups.push(await groupView(tx, row));
      return { groups };
    });
  }
}

@AnswersRequest(ReadGroup)
export class ReadGroupHandler implements RequestHandler<typeof ReadGroup> {
  async answer(input: InputOf<typeof ReadGroup>, context: RequestContext): Promise<OutputOf<typeof ReadGroup>> {
    return context.transaction(async (tx) => {
      const row = await tx.findOneBy(GroupRow, { groupId: input.groupId });
      if (!row) throw groupNotFound(input.groupId);
      return { group: await groupView(tx, row) };
    });
  }
}
