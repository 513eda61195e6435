import { ReleaseMember } from '@lifeboat/contracts';
import type { InputOf, OutputOf } from '@lifeboat/contracts';
import { conflict } from '@lifeboat/kernel';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { RequestContext, RequestHandler } from '@lifeboat/service-kit';
import { groupUnknown, readGroup } from '../watch/groups.ts';
import { membersOf } from './group-members.ts';

@AnswersRequest(ReleaseMember)
export class ReleaseMemberHandler implements RequestHandler<typeof ReleaseMember> {
  async answer(
    { groupId, kind, id }: InputOf<typeof ReleaseMember>,
    context: RequestContext,
  ): Promise<OutputOf<typeof ReleaseMember>> {
    return context.transaction(async (tx) => {
      if (!(await readGroup(tx, groupId))) throw groupUnknown(groupId);
      const member = (await membersOf(tx, groupId)).find((one) => one.kind === kind && one.id === id);
      if (member && member.strayedAt === null)
        throw conflict('member-matches', `${kind} ${member.name} (${id}) matches the query of group ${groupId}.`, {
          mend: 'Take its tag or metadata away at the site, or change the group; then it can be released.',
        });
      await tx.query(`delete from group_member where group_id = $1 and kind = $2 and source_id = $3`, [
        groupId,
        kind,
        id,
      ]);
      return {};
    });
  }
}
