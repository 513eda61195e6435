import { RemoveSite } from '@lifeboat/contracts';
import type { InputOf, OutputOf } from '@lifeboat/contracts';
import { conflict } from '@lifeboat/kernel';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { RequestContext, RequestHandler } from '@lifeboat/service-kit';
import { GroupRow } from '../groups/group.row.ts';
import { SiteRow } from './site.row.ts';

@AnswersRequest(RemoveSite)
export class RemoveSiteHandler implements RequestHandler<typeof RemoveSite> {
  async answer(input: InputOf<typeof RemoveSite>, context: RequestContext): Promise<OutputOf<typeof RemoveSite>> {
    await context.transaction(async (tx) => {
      const user = await tx.findOne(GroupRow, { where: [{ primary: input.name }, { recovery: input.name }] });
      if (user)
        throw conflict('site-in-use', `Site ${input.name} is used by group ${user.groupId}.`, {
          mend: `Remove that group first: "lifeboat group remove ${user.groupId}".`,
        });
      await tx.delete(SiteRow, { name: input.name });
    });
    return {};
  }
}
